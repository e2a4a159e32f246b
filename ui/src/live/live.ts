// SPDX-License-Identifier: Apache-2.0
// What the server says of events and of what is measured by them (docs/events.md, docs/measures.md).

export interface Events {
	events: number;
	duplicate: number;
	taken: number;
	bytes: number;
	first: string;
	last: string;
	unsealed: number;
	sealed_by: number | null;
	removed: number;
	removed_by: number | null;
	removed_before: string;
	/** Single events are not for this reader. */
	hidden: boolean;
	items: { received: string; event: Record<string, unknown> }[];
	next: string | null;
}
/** A table of events, as it was taken in or would be. */
export interface Tabled {
	rows: number;
	rehearsed: boolean;
	accepted: number;
	duplicate: number;
	rejected: { row: number; line: number; column: string; code: string; message: string }[];
	rejected_more: number;
}
// i18n: figure.accuracy figure.accuracy.is figure.precision figure.precision.is figure.recall figure.recall.is figure.fpr
// i18n: figure.fpr.is figure.fnr figure.fnr.is figure.selection_rate figure.selection_rate.is figure.base_rate figure.base_rate.is
// i18n: figure.auc figure.auc.is figure.brier figure.brier.is figure.ece figure.ece.is figure.mae figure.mae.is figure.rmse
// i18n: figure.rmse.is figure.bias figure.bias.is figure.r2 figure.r2.is figure.mape figure.mape.is
// i18n: figure.demographic_parity_difference figure.demographic_parity_ratio figure.equalized_odds_difference
// i18n: figure.equal_opportunity_difference figure.predictive_parity_difference
type Figure = number | null;
export interface Rate {
	value: Figure;
	low: Figure;
	high: Figure;
	of: number;
}
export const FIGURES = ['accuracy', 'precision', 'recall', 'fpr', 'fnr', 'selection_rate', 'base_rate', 'auc', 'brier', 'ece'] as const;
export const REGRESSION = ['mae', 'rmse', 'bias', 'r2', 'mape'] as const;
export const RATES = ['selection_rate', 'recall', 'fpr', 'fnr', 'precision'] as const;
export const PARITY = ['demographic_parity_difference', 'demographic_parity_ratio', 'equalized_odds_difference', 'equal_opportunity_difference', 'predictive_parity_difference'] as const;
interface Times {
	n: number;
	p50: Figure;
	p90: Figure;
	p99: Figure;
}
/** How far an evaluator says what people say (with: null), or two people the same. */
export interface Agreement {
	evaluator: string;
	with: string | null;
	n: number;
	same: number;
	kappa: Figure;
	low: Figure;
	high: Figure;
	too_many_labels: boolean;
}
interface Sum {
	currency: string;
	/** An exact decimal number, as text. */
	amount: string;
	calls: number;
}
interface Spent {
	calls: number;
	input: number;
	output: number;
}
/** list: null where no price list prices them. */
interface CostLine extends Spent {
	provider: string | null;
	model: string | null;
	list: string | null;
	currency?: string;
	amount?: string;
	list_version?: number;
	valid_from?: string;
}
export interface Cost {
	currencies: Sum[];
	models: CostLine[];
	capped: boolean;
	unpriced: Spent;
	unmetered: number;
	sent: Sum[];
}
/** Calls of language models. */
export interface Calls {
	n: number;
	models: string[];
	error_rate: Rate;
	truncation_rate: Rate;
	tokens: { calls: number; input: number; output: number };
	cost: Cost;
	latency_ms: Times;
	ttft_ms: Times;
	evaluations: Record<string, { n: number; mean: Figure; failed: number; fail_rate: Rate; people: { n: number; fail_rate: Rate; undecided: number }; agreement: Agreement[] }>;
	feedback: { n: number; good: number; bad: number };
}
/** Signals in texts of calls; null: none was looked at. */
export interface Found {
	calls: number;
	prompts: number;
	responses: number;
	rules: { rule: string; title: string; calls: number; hits: number; strong: number; per_1000: Rate | null }[];
}
/** What agents did, held against what they may do. */
export interface Acts {
	agents: { agent: string; title: string; version: number; in_force: boolean }[];
	invocations: number;
	tool_calls: number;
	tools: { tool: string | null; agent: string | null; tier: 'not_listed' | 'human' | 'consent' | 'alone' | null; calls: number; failed: number; violations: number; not_told: number }[];
	approvals: { asked: number; granted: number; refused: number; timed_out: number; waiting: number };
	violations: Record<'not_listed' | 'by_agent' | 'no_case' | 'undecided' | 'refused' | 'too_few' | 'all', number>;
	violation_rate: Rate;
	not_told: Record<'agent' | 'not_in_force' | 'tool' | 'consent' | 'all', number>;
	same_reference: number;
	capped: boolean;
}
/** What people made of results, and whether they judge for themselves. */
export interface Reviewed {
	reviewed: number;
	overridden: number;
	timed_out: number;
	override_rate: Rate;
	sign: { is: 'not_enough_data' | 'none' | 'simply_agree'; least: number; override_at_most: number; seconds_below: number };
	seconds: { n: number; median: Figure };
	blind: { n: number; same: number; kappa: Figure; low: Figure; high: Figure };
	twice: { n: number; same: number; same_rate: Rate };
	/** Results put in on purpose: wrong ones that were found, right ones that were left as they were. */
	tests: { decided: number; errors: number; found_rate: Rate; kept_rate: Rate };
	with_prediction: number;
	by: Record<string, { groups: Record<string, Rate>; hidden: number; missing: number }>;
}
type Group = { n: number } & Record<(typeof RATES)[number], Rate>;
export interface Measured {
	n: number;
	n_labelled: number;
	/** What came before was removed: the figures are of what is left. */
	removed_before: string | null;
	versions: string[];
	attributes: string[];
	revised_labels: number;
	read_from: 'events' | 'cells';
	counted_until: string | null;
	not_counted: number;
	excluded: { orphan_labels: number };
	overall: Record<string, Figure>;
	llm: Calls | null;
	signals: Found | null;
	agent: Acts | null;
	review: Reviewed;
	regression: Record<string, Figure> & { n: number };
	by: Record<string, { groups: Record<string, Group>; hidden: number; disparity: Record<string, Figure> & { min_n: number } }>;
}

/** Of a host: by its word, and when that came. */
export interface Heard {
	at: string;
	after_ms: number;
	stopped_at: string;
	host: string;
}
export interface Stop {
	may_run: boolean;
	stopped: boolean;
	since: string | null;
	reason: string | null;
	/** null: it cannot be read just now. */
	heard: Heard[] | null;
	drill: { order: number; since: string; until: string; reason: string; open: boolean; heard: Heard[] | null } | null;
}
