// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n/t.svelte';

/** A place in the law as one says it: "Article 6(2)", "Annex III 4". */
export const articleOf = (place: string): string =>
	place.startsWith('Annex ') ? t('decide.annex', { article: place.slice(6) }) : t('decide.article', { article: place });
