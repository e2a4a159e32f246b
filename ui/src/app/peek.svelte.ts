// SPDX-License-Identifier: Apache-2.0
// The record that is looked at beside the page, if any. How it is found and shown is fetched when somebody looks.
import type { Step } from './trail';

export const peek = $state<{ now: Step | null }>({ now: null });
const peeking = () => import('../record/peeking');
/** `p`: looks at what somebody is at, or away from it. */
export const turnPeek = (element: Element): void => void peeking().then((one) => one.turn(element));
export const stepPeek = (by: 1 | -1): boolean => !!peek.now && !!peeking().then((one) => one.step(by, true));
