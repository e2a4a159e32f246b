/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.c — every route and who may call it. A route without a policy does not compile: the
 * macro pastes POLICY_ before the word. Default deny: what is not here answers 404, and a token
 * with scopes may call only a route that names one of them. */
#include "api/internal.h"

#define V1 "/api/v1"
#define ROUTE(method, pattern, policy, run) {#method, pattern, POLICY_##policy, run},

const struct route routes[] = {
    ROUTE(POST, V1 "/session", OPEN, session_post)
    ROUTE(GET, V1 "/session", SELF, session_get)
    ROUTE(PATCH, V1 "/session", SELF, session_patch)
    ROUTE(DELETE, V1 "/session", SELF, session_delete)
    ROUTE(POST, V1 "/session/fresh", SIGNED_IN, session_fresh)
    ROUTE(POST, V1 "/session/password", SELF, session_password)
    ROUTE(POST, V1 "/setup", OPEN, setup_post) /* needs the one-time token that serve printed */
    ROUTE(POST, V1 "/reset", OPEN, reset_post) /* needs the token of a link */
    ROUTE(GET, V1 "/sessions", SELF, sessions_get)
    ROUTE(DELETE, V1 "/sessions/{id}", SELF, session_end)
    ROUTE(GET, V1 "/model", SIGNED_IN, model_get)
    ROUTE(GET, V1 "/openapi.json", OPEN, openapi_get)
    ROUTE(GET, "/openapi.json", OPEN, openapi_get)
    ROUTE(GET, "/healthz", OPEN, health_get)
    ROUTE(GET, V1 "/healthz", OPEN, health_get)
    ROUTE(GET, "/readyz", OPEN, ready_get)
    ROUTE(GET, V1 "/readyz", OPEN, ready_get)
    ROUTE(GET, "/metrics", OPEN, metrics_get) /* counts only, nothing of the records */
    ROUTE(GET, V1 "/metrics", OPEN, metrics_get)
    ROUTE(GET, V1 "/search", SIGNED_IN, search_get)
    ROUTE(GET, V1 "/tasks", SIGNED_IN, tasks_get)
    ROUTE(GET, V1 "/stream", SIGNED_IN, stream_get)
    ROUTE(GET, V1 "/people", SIGNED_IN, people_get)
    ROUTE(POST, V1 "/people", ADMIN, people_post)
    ROUTE(PATCH, V1 "/people/{id}", ADMIN, person_patch)
    ROUTE(POST, V1 "/people/{id}/roles", ADMIN, person_role_post)
    ROUTE(DELETE, V1 "/people/{id}/roles", ADMIN, person_role_delete)
    ROUTE(POST, V1 "/people/{id}/reset", ADMIN, person_reset)
    ROUTE(GET, V1 "/tokens", ADMIN, tokens_get)
    ROUTE(POST, V1 "/tokens", ADMIN, tokens_post)
    ROUTE(DELETE, V1 "/tokens/{id}", ADMIN, token_delete)
    ROUTE(POST, V1 "/files", SIGNED_IN, file_post)
    ROUTE(GET, V1 "/files/{id}", SIGNED_IN, file_get)
    ROUTE(GET, V1 "/frameworks", SIGNED_IN, frameworks_get)
    ROUTE(GET, V1 "/frameworks/{id}", SIGNED_IN, framework_get)
    ROUTE(GET, V1 "/readiness", SIGNED_IN, readiness_get)
    ROUTE(GET, V1 "/checks", SIGNED_IN, checks_get)
    ROUTE(GET, V1 "/checks/{id}", SIGNED_IN, check_get)
    ROUTE(GET, V1 "/soa", SIGNED_IN, soa_get)
    ROUTE(GET, V1 "/ledger/checkpoint", SIGNED_IN, ledger_checkpoint_get)
    ROUTE(GET, V1 "/ledger/key", SIGNED_IN, ledger_key_get)
    ROUTE(GET, V1 "/ledger/entries", AUDIT, ledger_entries_get)
    ROUTE(GET, V1 "/ledger/proof/{n}", SIGNED_IN, ledger_proof_get)
    ROUTE(GET, V1 "/ledger/tile/{path*}", AUDIT, ledger_tile_get)
    ROUTE(GET, V1 "/ledger/verify", AUDIT, ledger_verify_get)
    /* Kinds come last: no kind may be called like a route above (the loader reserves the words). */
    ROUTE(GET, V1 "/{kind}", SIGNED_IN, record_list_get)
    ROUTE(POST, V1 "/{kind}", SIGNED_IN, record_post)
    ROUTE(PATCH, V1 "/{kind}", SIGNED_IN, record_bulk)
    ROUTE(GET, V1 "/{kind}/{id}", SIGNED_IN, record_get)
    ROUTE(PATCH, V1 "/{kind}/{id}", SIGNED_IN, record_patch)
    ROUTE(GET, V1 "/{kind}/{id}/moves", SIGNED_IN, moves_get)
    ROUTE(POST, V1 "/{kind}/{id}/moves/{move}", SIGNED_IN, move_post)
    ROUTE(GET, V1 "/{kind}/{id}/history", SIGNED_IN, history_get)
    ROUTE(GET, V1 "/{kind}/{id}/links", SIGNED_IN, links_get)
    ROUTE(POST, V1 "/{kind}/{id}/links", SIGNED_IN, links_post)
    ROUTE(DELETE, V1 "/{kind}/{id}/links", SIGNED_IN, links_delete)
    ROUTE(GET, V1 "/{kind}/{id}/comments", SIGNED_IN, comments_get)
    ROUTE(POST, V1 "/{kind}/{id}/comments", SIGNED_IN, comments_post)
};
const size_t route_count = COUNT(routes);
