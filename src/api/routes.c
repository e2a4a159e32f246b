/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.c — every route, who may call it and which threads answer it. A route without a
 * policy or a lane does not compile: the macro pastes POLICY_ and LANE_ before the words. What
 * hashes a password is LOGIN; what waits on its thread for a commit is not CHEAP. Default deny:
 * what is not here answers 404, and a token with scopes may call only a route that names one of
 * them. */
#include "api/internal.h"

/* A table, a line a route. */
/* clang-format off */
#define V1 "/api/v1"
#define ROUTE(method, pattern, policy, lane, run)                                              \
    {#method, pattern, POLICY_##policy, LANE_##lane, run, NULL},

#define SCOPED(method, pattern, policy, lane, run, scope)                                      \
    {#method, pattern, POLICY_##policy, LANE_##lane, run, scope},

const struct route routes[] = {
    ROUTE(POST, V1 "/session", OPEN, LOGIN, session_post)
    ROUTE(GET, V1 "/session", SELF, CHEAP, session_get)
    ROUTE(PATCH, V1 "/session", SELF, DEAR, session_patch)
    ROUTE(DELETE, V1 "/session", SELF, DEAR, session_delete)
    ROUTE(POST, V1 "/session/fresh", SIGNED_IN, LOGIN, session_fresh)
    ROUTE(POST, V1 "/session/password", SELF, LOGIN, session_password)
    ROUTE(POST, V1 "/setup", OPEN, LOGIN, setup_post) /* needs the one-time token that serve printed */
    ROUTE(POST, V1 "/reset", OPEN, LOGIN, reset_post) /* needs the token of a link */
    ROUTE(GET, V1 "/sessions", SELF, CHEAP, sessions_get)
    ROUTE(DELETE, V1 "/sessions/{id}", SELF, DEAR, session_end)
    ROUTE(GET, V1 "/organisation", SIGNED_IN, CHEAP, organisation_get)
    ROUTE(PATCH, V1 "/organisation", ADMIN, DEAR, organisation_patch)
    ROUTE(GET, V1 "/model", SIGNED_IN, CHEAP, model_get)
    ROUTE(GET, V1 "/openapi.json", SIGNED_IN, CHEAP, openapi_get)
    ROUTE(GET, "/openapi.json", SIGNED_IN, CHEAP, openapi_get)
    ROUTE(GET, "/healthz", OPEN, CHEAP, health_get)
    ROUTE(GET, V1 "/healthz", OPEN, CHEAP, health_get)
    ROUTE(GET, "/readyz", OPEN, CHEAP, ready_get)
    ROUTE(GET, V1 "/readyz", OPEN, CHEAP, ready_get)
    SCOPED(GET, "/metrics", AUDIT, CHEAP, metrics_get, "metrics")
    SCOPED(GET, V1 "/metrics", AUDIT, CHEAP, metrics_get, "metrics")
    ROUTE(GET, V1 "/search", SIGNED_IN, LIST, search_get)
    ROUTE(GET, V1 "/tasks", SIGNED_IN, LIST, tasks_get)
    ROUTE(GET, V1 "/notices", SIGNED_IN, LIST, notices_get)
    ROUTE(POST, V1 "/notices/seen", SIGNED_IN, DEAR, notices_seen)
    ROUTE(GET, V1 "/notices/mail", SIGNED_IN, CHEAP, notices_mail_get)
    ROUTE(PATCH, V1 "/notices/mail", SIGNED_IN, DEAR, notices_mail_patch)
    ROUTE(POST, V1 "/notices/mail/test", ADMIN, DEAR, notices_mail_test)
    ROUTE(POST, V1 "/notices/{id}/seen", SIGNED_IN, DEAR, notice_seen)
    ROUTE(GET, V1 "/stream", SIGNED_IN, CHEAP, stream_get)
    ROUTE(GET, V1 "/site/model", ADMIN, DEAR, site_model_get)
    ROUTE(POST, V1 "/site/model/rehearse", ADMIN, DEAR, site_model_rehearse)
    ROUTE(POST, V1 "/site/model", ADMIN, DEAR, site_model_post)
    ROUTE(GET, V1 "/people", SIGNED_IN, LIST, people_get)
    ROUTE(POST, V1 "/people", ADMIN, LOGIN, people_post)
    ROUTE(PATCH, V1 "/people/{id}", ADMIN, DEAR, person_patch)
    ROUTE(GET, V1 "/people/{id}/holds", SIGNED_IN, LIST, person_holds_get)
    ROUTE(POST, V1 "/people/{id}/roles", ADMIN, DEAR, person_role_post)
    ROUTE(DELETE, V1 "/people/{id}/roles", ADMIN, DEAR, person_role_delete)
    ROUTE(POST, V1 "/people/{id}/confirm", ADMIN, DEAR, person_confirm)
    ROUTE(POST, V1 "/people/{id}/reset", ADMIN, LOGIN, person_reset)
    ROUTE(GET, V1 "/tokens", TOKENS, LIST, tokens_get)
    ROUTE(POST, V1 "/tokens", TOKENS, DEAR, tokens_post)
    ROUTE(DELETE, V1 "/tokens/{id}", TOKENS, DEAR, token_delete)
    ROUTE(POST, V1 "/files", SIGNED_IN, UPLOAD, file_post)
    ROUTE(GET, V1 "/files/{id}", SIGNED_IN, UPLOAD, file_get)
    ROUTE(POST, V1 "/transfer", SIGNED_IN, UPLOAD, transfer_post)
    ROUTE(GET, V1 "/transfer", SIGNED_IN, LIST, transfers_get)
    ROUTE(GET, V1 "/transfer/{id}", SIGNED_IN, CHEAP, transfer_get)
    ROUTE(PATCH, V1 "/transfer/{id}", SIGNED_IN, CHEAP, transfer_patch)
    ROUTE(DELETE, V1 "/transfer/{id}", SIGNED_IN, CHEAP, transfer_delete)
    ROUTE(POST, V1 "/transfer/{id}/rehearse", SIGNED_IN, CHEAP, transfer_rehearse)
    ROUTE(POST, V1 "/transfer/{id}/take", SIGNED_IN, CHEAP, transfer_take)
    ROUTE(POST, V1 "/transfer/{id}/undo", SIGNED_IN, CHEAP, transfer_undo)
    ROUTE(GET, V1 "/jobs", SIGNED_IN, CHEAP, jobs_get)
    ROUTE(GET, V1 "/jobs/{id}", SIGNED_IN, CHEAP, job_get)
    ROUTE(DELETE, V1 "/jobs/{id}", SIGNED_IN, CHEAP, job_delete)
    ROUTE(GET, V1 "/frameworks", SIGNED_IN, LIST, frameworks_get)
    ROUTE(GET, V1 "/frameworks/{id}", SIGNED_IN, LIST, framework_get)
    ROUTE(GET, V1 "/readiness", SIGNED_IN, DEAR, readiness_get)
    ROUTE(GET, V1 "/method", SIGNED_IN, LIST, method_get)
    ROUTE(GET, V1 "/checks", SIGNED_IN, DEAR, checks_get)
    ROUTE(GET, V1 "/checks/{id}", SIGNED_IN, DEAR, check_get)
    ROUTE(GET, V1 "/soa", SIGNED_IN, DEAR, soa_get)
    ROUTE(GET, V1 "/ledger/checkpoint", SIGNED_IN, CHEAP, ledger_checkpoint_get)
    ROUTE(GET, V1 "/ledger/key", SIGNED_IN, CHEAP, ledger_key_get)
    ROUTE(GET, V1 "/ledger/entries", AUDIT, LIST, ledger_entries_get)
    ROUTE(GET, V1 "/ledger/proof/{n}", SIGNED_IN, CHEAP, ledger_proof_get)
    ROUTE(GET, V1 "/ledger/tile/{path*}", AUDIT, CHEAP, ledger_tile_get)
    ROUTE(GET, V1 "/ledger/verify", AUDIT, DEAR, ledger_verify_get)
    ROUTE(GET, V1 "/watching", SIGNED_IN, LIST, watching_get)
    ROUTE(GET, "/calendar/{secret}", OPEN, DEAR, calendar_get) /* its address is the key */
    ROUTE(GET, V1 "/calendar", SIGNED_IN, CHEAP, feed_get)
    ROUTE(POST, V1 "/calendar", SIGNED_IN, DEAR, feed_post)
    ROUTE(DELETE, V1 "/calendar", SIGNED_IN, DEAR, feed_delete)
    ROUTE(GET, V1 "/public", OPEN, LIST, public_list)
    ROUTE(POST, V1 "/public/case", OPEN, DEAR, public_case_post)
    ROUTE(POST, V1 "/public/case/messages", OPEN, DEAR, public_message_post)
    ROUTE(GET, V1 "/public/{kind}", OPEN, LIST, public_get)
    ROUTE(POST, V1 "/public/{kind}", OPEN, DEAR, public_post)
    /* Kinds come last: no kind may be called like a route above (the loader reserves the words). */
    ROUTE(GET, V1 "/{kind}", SIGNED_IN, LIST, record_list_get)
    ROUTE(POST, V1 "/{kind}", SIGNED_IN, CHEAP, record_post)
    ROUTE(PATCH, V1 "/{kind}", SIGNED_IN, DEAR, record_bulk)
    ROUTE(GET, V1 "/{kind}/{id}", SIGNED_IN, CHEAP, record_get)
    ROUTE(PATCH, V1 "/{kind}/{id}", SIGNED_IN, CHEAP, record_patch)
    ROUTE(GET, V1 "/{kind}/{id}/moves", SIGNED_IN, CHEAP, moves_get)
    ROUTE(POST, V1 "/{kind}/{id}/moves/{move}", SIGNED_IN, CHEAP, move_post)
    ROUTE(GET, V1 "/{kind}/{id}/redact", SIGNED_IN, DEAR, redact_get)
    ROUTE(POST, V1 "/{kind}/{id}/redact", SIGNED_IN, CHEAP, redact_post)
    ROUTE(POST, V1 "/{kind}/{id}/hold", SIGNED_IN, CHEAP, hold_post)
    ROUTE(DELETE, V1 "/{kind}/{id}/hold", SIGNED_IN, CHEAP, hold_delete)
    ROUTE(POST, V1 "/{kind}/{id}/moves/{move}/withdraw", SIGNED_IN, CHEAP, signature_withdraw)
    ROUTE(GET, V1 "/{kind}/{id}/history", SIGNED_IN, LIST, history_get)
    ROUTE(GET, V1 "/{kind}/{id}/signatures", SIGNED_IN, LIST, signatures_get)
    ROUTE(GET, V1 "/{kind}/{id}/disclosure", SIGNED_IN, LIST, disclosure_get)
    ROUTE(GET, V1 "/{kind}/{id}/links", SIGNED_IN, LIST, links_get)
    ROUTE(POST, V1 "/{kind}/{id}/links", SIGNED_IN, DEAR, links_post)
    ROUTE(DELETE, V1 "/{kind}/{id}/links", SIGNED_IN, DEAR, links_delete)
    ROUTE(GET, V1 "/{kind}/{id}/comments", SIGNED_IN, LIST, comments_get)
    ROUTE(POST, V1 "/{kind}/{id}/comments", SIGNED_IN, DEAR, comments_post)
    ROUTE(POST, V1 "/{kind}/{id}/acknowledge", SIGNED_IN, DEAR, acknowledge_post)
    ROUTE(GET, V1 "/{kind}/{id}/acknowledgements", SIGNED_IN, LIST, acknowledgements_get)
    ROUTE(GET, V1 "/{kind}/{id}/readers", SIGNED_IN, LIST, readers_get)
    ROUTE(PUT, V1 "/{kind}/{id}/watch", SIGNED_IN, DEAR, watch_put)
    ROUTE(DELETE, V1 "/{kind}/{id}/watch", SIGNED_IN, DEAR, watch_delete)
    ROUTE(GET, V1 "/{kind}/{id}/messages", SIGNED_IN, LIST, messages_get)
    ROUTE(POST, V1 "/{kind}/{id}/messages", SIGNED_IN, DEAR, messages_post)
};
/* clang-format on */
const size_t route_count = COUNT(routes);
