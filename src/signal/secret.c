/* SPDX-License-Identifier: Apache-2.0 */
/* signal/secret.c — keys of services, by how their makers begin them. */
#include "signal/internal.h"

const struct shape signal__secret[] = {
    {SIGNAL_AWS, 0, "(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])", NULL,
     NULL, NEVER, ALWAYS, "akia|asia|abia|acca"},
    {SIGNAL_GITHUB, 0,
     "(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,100})"
     "(?![A-Za-z0-9])",
     NULL, NULL, NEVER, ALWAYS, "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_"},
    {SIGNAL_SLACK, 0, "(?<![A-Za-z0-9])xox[abeoprs]-(?=[A-Za-z-]{0,20}\\d)[A-Za-z0-9-]{10,200}",
     NULL, NULL, NEVER, ALWAYS, "xox"},
    {SIGNAL_API_KEY, 0,
     "(?<![A-Za-z0-9_-])(?:sk-(?:proj-|ant-[a-z0-9]{2,10}-|or-[a-z0-9]{2,6}-)?"
     "(?=[A-Za-z_-]{0,40}\\d)[A-Za-z0-9_-]{20,200}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,200}|"
     "AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z]{34}|glpat-[A-Za-z0-9_-]{20,50})(?![A-Za-z0-9])",
     NULL, NULL, NEVER, ALWAYS, "sk-|sk_|rk_|aiza|hf_|glpat-"},
    {SIGNAL_PEM, 0, "-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----", NULL, NULL, NEVER,
     ALWAYS, "private key-----"},
    {SIGNAL_JWT, 0,
     "(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2000}\\.eyJ[A-Za-z0-9_-]{4,8000}\\.[A-Za-z0-9_-]{0,"
     "2000}",
     NULL, NULL, NEVER, ALWAYS, "eyj"},
};
const size_t signal__secret_count = COUNT(signal__secret);
