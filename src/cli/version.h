/* SPDX-License-Identifier: Apache-2.0 */
#define AIMWELL_VERSION "0.1.0"
