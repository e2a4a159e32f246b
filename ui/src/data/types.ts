// SPDX-License-Identifier: Apache-2.0
// The shapes of docs/api.md, as far as the pages use them.
import type { PictureModel } from '../pictures/picture';

import type { AskHead, DeciderHead, StarterHead } from './begin';

export interface Words {
	en: string;
	zh?: string;
}
export type Scalar = string | number | boolean | null;
export type Row = Record<string, Scalar | undefined>;
export type Value = Scalar | string[] | Row[] | undefined;

export type Condition =
	| { field: string; is: Scalar }
	| { field: string; in: Scalar[] }
	| { field: string; empty: boolean }
	| { any: Condition[] }
	| { all: Condition[] }
	| { not: Condition };

export type FieldType =
	| 'text' | 'note' | 'integer' | 'number' | 'yes_no' | 'date' | 'moment'
	| 'choice' | 'ref' | 'refs' | 'file' | 'rows' | 'document';

export interface Choice {
	value: string | number;
	title: Words;
	about?: Words;
	tone?: string;
}
export interface Field {
	name: string;
	type: FieldType;
	title: Words;
	about?: Words;
	required?: boolean;
	required_from?: string[];
	required_in?: string[];
	required_when?: Condition;
	only?: Condition;
	of?: Choice[];
	many?: boolean;
	max?: number;
	min?: number;
	to?: string;
	columns?: Field[];
	covers?: Record<string, Scalar[]>;
	/** Of the rows that are the same in `for`, exactly one is that in `column`. */
	one?: { for: string; column: string; is: string };
	computed?: boolean;
	/** Of a clock or a keeping time: the field that says how it stands; and of that field, the clock. */
	standing?: string;
	clock?: string;
	/** Of a clock: the field from which it counts, how long, and the law that says so. */
	from?: string;
	add?: string;
	deadline?: string;
	/** How long the content is kept at least, and from which field or since which states. */
	keep?: { from: string | string[]; for: string; deadline?: string };
	/** What its rule looks at; while all of it is empty, the value is only a last resort. */
	reckoned_from?: string[];
	/** The states in which only a move changes it; "any": it is never typed in. */
	fixed?: string[] | 'any';
	sensitive?: boolean;
	read?: string[]; // roles and relations: for others the field is left out
	always?: boolean;
	unique?: boolean;
	/** What the foot of a list says of it. */
	total?: 'sum' | 'mean';
	envelope?: boolean;
	default?: Value;
}
export interface State {
	state: string;
	title: Words;
	about?: Words;
	tone?: string;
	locked?: boolean;
	end?: boolean;
	start?: boolean;
	/** It may stay there. */
	rest?: boolean;
}
export interface Move {
	move: string;
	title: Words;
	from: string[] | 'any';
	to: string;
	by: string[];
	/** Who signs, step by step; one step of one person where nobody else does. */
	sign: { by: string[]; count: number; expires?: string }[];
	/** A step is signed once those before it are complete. */
	ordered?: boolean;
	asks?: string[];
	/** New values that may be given with it. */
	takes?: string[];
	reason?: boolean;
	fresh?: boolean;
	stop?: boolean;
	/** A stop is only tried: the field that says when. */
	drill?: string;
	needs?: { code: string; say: Words }[];
}
/** `kind` and `via`: records of another kind, by the ref there; `field`: a ref of its own. */
export interface StoryCard {
	kind?: string;
	via?: string;
	field?: string;
	/** A choice of that kind, of which the gravest is told. */
	worst?: string;
	dates?: string[];
	/** Of these dates, those that stand beside the figures of the record, too. */
	marks?: string[];
}
export interface Story {
	life: string[];
	dates?: string[];
	marks?: string[];
	cards: StoryCard[];
}
export interface Kind {
	kind: string;
	prefix: string;
	title: Words;
	plural: Words;
	about?: Words;
	icon?: string;
	phase: string;
	order: number;
	serves?: string[];
	list: string[];
	sort?: string;
	views: Shape[];
	/** What the page of a record tells of it. */
	story?: Story;
	/** Its records are AI systems that send events while they run. */
	sends?: boolean;
	/** Its field whose rows say how tables of events are read: name and profile. */
	event_profiles?: string;
	is?: string;
	/** A record in one of the states, between its days, gives its person a role over another record. */
	grants?: { role: string; to: string; over: string; from: string | null; until: string | null; in: string[] };
	layout: { title: Words; fields: string[] }[];
	fields: Field[];
	states: State[];
	moves: Move[];
	access?: { read: string[]; create: string[]; change: string[] };
	/** It can be open to whoever has no account. */
	public?: { title: Words; about: Words; answer: string[] };
	/** It asks people to acknowledge it, while in that state and for so many days. */
	acknowledge?: { state: string; days: number };
	/** The way to fill in a record step by step. */
	steps?: Steps;
	/** What its score is less by: treatments by their steps, controls by how well they work. */
	what_if?: { less: { kind: string; via: string; likelihood: string; consequence: string }; less_from: { field: string; percent: string } };
}
export interface Step {
	step: string;
	title: Words;
	about: Words;
	fields: string[];
	/** Of the record that `from` names: shown, and not asked again. */
	shows: string[];
	when?: Condition;
}
export interface Steps {
	from?: string;
	/** A record of that kind hands a step to its owner: it names the record and the step. */
	assign?: { kind: string; via: string; step: string };
	of: Step[];
}
/** What a record would be, and what would lie ahead of it; nothing was written. */
export interface Rehearsed {
	would_be: AnyRecord;
	names: Names;
	/** Of computed fields: the fields that are the reason. */
	because: Record<string, string[]>;
	ahead: Ahead[];
}
export interface Ahead {
	move: string;
	title: Words;
	from: string;
	to: string;
	/** Its condition, as the record stands; else `say`. */
	holds: boolean;
	say?: Words;
	missing: string[];
	needs: { code: string; say: Words; kind?: string; field?: string; met: boolean; because: string[] }[];
}
export interface Role {
	role: string;
	code: string;
	title: Words;
	about?: Words;
	approver?: boolean;
	/** Reads or acts on business records: two people give it. */
	business?: boolean;
}
export interface Framework {
	framework: string;
	title: Words;
	/** `excluded`: its states of rows that are left out. */
	register?: { kind: string; field: string; excluded: string[] };
}
export interface Model {
	hash: string;
	kinds: Kind[];
	roles: Role[];
	frameworks: Framework[];
	calendars: WorkCalendar[];
	deadlines: Deadline[];
	homes: Home[];
	asks: AskHead[];
	deciders: DeciderHead[];
	starters: StarterHead[];
	traces: TraceModel[];
	pictures: PictureModel[];
}
/** Which registers stand in which column, and what a record of each rests on; `gap`: what is said where that is missing. */
export interface TraceModel {
	trace: string;
	title: Words;
	about: Words;
	columns: { kind: string; band?: string; begins: boolean; links: { to: string; field?: string; via?: string; gap?: Words }[] }[];
}
export interface TraceGap {
	kind: string;
	field: string;
	reverse: boolean;
	gap: Words;
}
export interface TraceNode extends Ref {
	tone: string;
	band?: string;
	distance: number;
	gaps: TraceGap[];
}
/** `from` rests on `to`. */
export interface Trace {
	trace: string;
	root?: string;
	depth: number;
	nodes: TraceNode[];
	edges: { from: string; to: string; field: string; reverse: boolean }[];
	more_edges: boolean;
	groups: { kind: string; count: number; more: boolean }[];
	partial: string[];
	gaps: number;
}
/** A time that a law sets. `counted`: the fields that go by it, "incident.gdpr_by". */
export interface Deadline {
	deadline: string;
	law: Words;
	article: Words;
	asks: Words;
	trigger: Words;
	length: string;
	calendar?: string;
	certainty: 'A' | 'B' | 'C';
	seen_in: Words;
	verified_on: string;
	applies_from?: string;
	counted: string[];
}
/** Which days are worked; `years`: of which it has the holidays, none when it knows no holidays at all. */
export interface WorkCalendar {
	calendar: string;
	title: Words;
	about: Words;
	zone?: string;
	years: number[];
}
/** A move that took a password or several people; the last who signed completed it. */
export interface SignedMove {
	move: string;
	to: string;
	reason: string;
	version: number;
	at: string;
	ledger: number;
	by: { person: { id: string; name: string }; for?: { id: string; name: string }; at: string; ledger: number }[];
}
export interface Notice {
	id: string;
	event: 'remind' | 'missed' | 'escalated' | 'over' | 'reported' | 'message' | 'mention' | 'moved' | 'owner' | 'due' | 'comment';
	kind: string;
	record: string;
	key: string;
	title: string;
	field: string;
	clock_at?: string;
	/** Of moved the state, of due the day that it came to. */
	to?: string;
	/** Of a record whose keeping time was over: its last day, as the record is now. */
	kept_until?: string;
	at: string;
	seen?: string;
}

export interface Name {
	kind: string;
	key: string;
	title: string;
	state?: string;
}
export type Names = Record<string, Name>;
export interface Ref {
	kind: string;
	id: string;
	key: string;
	title: string;
	state?: string;
	reason?: Words;
}
export interface Problem {
	field?: string;
	code?: string;
	message: string;
	source?: string;
	records?: Ref[];
}
export interface AnyRecord {
	id: string;
	kind: string;
	key: string;
	title: string;
	state: string;
	version: number;
	owner?: string;
	due?: string;
	[field: string]: unknown;
}
/** How a clock of the record counts; `decided`: by whom and in which version it does not apply. */
export interface ClockView {
	field: string;
	standing: string;
	at?: string;
	calendar?: string;
	unknown_year?: number;
	decided?: { actor: HistoryItem['actor']; at: string; version: number };
}
/** A block of a document that is shown by its words. */
export interface ShownBlock {
	is: 'paragraph' | 'heading' | 'item' | 'table';
	level?: number;
	text?: string;
	rows?: string[][];
}
/** A file for people to look at (GET /files/ID/shown). */
export interface Shown {
	id: string;
	name: string;
	as: 'pdf' | 'picture' | 'text' | 'table' | 'document' | 'none';
	size?: number;
	media?: string;
	text?: string;
	cut?: boolean;
	sheets?: { name: string; hidden: boolean; more_rows: boolean; more_columns: boolean; rows: (string | null)[][] }[];
	more_sheets?: number;
	blocks?: ShownBlock[];
	unshown?: string[];
	code?: string;
	why?: string;
}
export interface RecordReply {
	record: AnyRecord;
	names: Names;
	ledger?: { index: number };
	/** Who did what came last to it, where that was asked for. */
	last_act?: Pick<HistoryItem, 'at' | 'actor'>;
	may?: { change: boolean; owner?: boolean; why_not?: Problem[] };
	fields?: Record<string, { may: boolean }>;
}
/** What a redaction could take out of a record, and who has asked for one. `waits_for`: the roles that redact. */
export interface Redaction {
	fields: { field: string; versions: number }[];
	reasons: number;
	comments: number;
	files: number;
	held: boolean;
	may: boolean;
	may_hold: boolean;
	waits_for: string[];
	asked: RedactionAsk[];
}
/** `fields` also has `_reasons` and `_comments`. */
export interface RedactionAsk {
	person: string;
	name: string;
	at: string;
	ground: string;
	reason: string;
	fields: string[] | null;
}
/** One that was done; `entry` is the one of the ledger that tombstones name. */
export interface RedactionDone {
	entry: number;
	version: number;
	at: string;
	actor: string;
	ground: string;
	reason: string;
	fields: string[];
}
interface Position {
	x: string;
	y: string;
	band: string;
}
/** A picture that the records of a kind can be shown as, and the fields it goes by. */
export type Shape =
	| ({ shape: 'map'; line?: string; after?: Position } & Position)
	| { shape: 'matrix'; x: string; y: string }
	| { shape: 'board'; by: string }
	| { shape: 'calendar'; on: string }
	| { shape: 'tree'; by: string }
	| { shape: 'timeline'; from: string; to: string }
	/** Rows of each record when it names any, else the records themselves. */
	| { shape: 'grid'; rows?: string; down: string; across: string; cell: string; goal?: string }
	| { shape: 'coverage'; rows: string; by: string; on: string; done: string[]; period?: { by: string; from: string; to: string } };
export type Counted = string | number | boolean | null;
/** How many records of a list have which values; `z` and `w` when as many fields were asked for. */
export interface Group {
	x: Counted;
	y?: Counted;
	z?: Counted;
	w?: Counted;
	n: number;
	/** The first records of the group, where they were asked for. */
	items?: AnyRecord[];
	next?: string | null;
	names?: Names;
}
export interface Tally {
	tally: Group[];
	total: number;
	more: boolean;
	names: Names;
}
export interface ListReply {
	items: AnyRecord[];
	next: string | null;
	total: number;
	names: Names;
	facets?: Record<string, Record<string, number>>;
	totals?: Record<string, Total>;
}
/** Of all records of a list that have a number, which are `n`; null: none has, or they are too large. */
export interface Total {
	sum?: number | null;
	mean?: number | null;
	n: number;
}
/** Whose deputy acted, or acts. */
export interface StandsFor {
	id: string;
	name: string;
}
/** Whose deputy the reader is today. */
export interface StandsIn {
	person: string;
	name: string;
	until: string;
	roles?: { role: string; unit?: string }[];
	/** What waits for them. */
	waiting?: number;
}
export interface Signature {
	person: string;
	name: string;
	for?: StandsFor;
	at: string;
	step: number;
	/** When it expires, or did. */
	until?: string;
	/** The reader's, who may withdraw it. */
	own: boolean;
}
/** A step of who signs, for this record as it is now. */
export interface SignStep {
	by: string[];
	applies: boolean;
	open: boolean;
	count: number;
	signed: number;
	expires?: string;
}
/** A duty that does not bind the person, and by which waiver. */
export interface Waived {
	duty: string;
	id: string;
	key: string;
	person: string;
	until: string;
}
/** A decision, or without a move a signature, for which duties did not bind who made it. */
export interface WaivedDecision {
	version: number;
	at: string;
	move?: string;
	by: Waived[];
}
export interface MoveChoice {
	move: string;
	to: string;
	title: Words;
	allowed: boolean;
	/** Whose deputy the reader makes it as. */
	for?: StandsFor;
	asks?: string[];
	reason?: boolean;
	fresh?: boolean;
	stop?: boolean;
	mine?: boolean;
	/** New values that the first signature proposes. */
	proposed?: Record<string, Value>;
	/** Duties that would bar the reader, and the waivers by which they do not. */
	waived?: Waived[];
	why_not?: Problem[];
	signatures?: Signature[];
	/** Signatures that a later change has undone. */
	voided?: Signature[];
	/** Signatures whose time is over. */
	expired?: Signature[];
	steps?: SignStep[];
	ordered?: boolean;
	/** The step that the reader would sign. */
	step?: number;
	/** Fields that stand in the way; whoever fills in one that `bars` may not make the move any more. */
	missing?: { field: string; may_fill: boolean; bars: boolean }[];
}
/** A person, a role, or a field that names nobody. */
export interface TurnOf {
	person?: string;
	name?: string;
	role?: string;
	title?: Words;
	field?: string;
	vacant: boolean;
}
export interface Turn {
	rest: boolean;
	move?: string;
	title?: Words;
	ready: boolean;
	mine: boolean;
	for?: StandsFor;
	second: boolean;
	vacant: boolean;
	waits_for: TurnOf[];
	lacks: Problem[];
}
/** A record that may be created from here, with values to begin with. */
export interface Offer {
	n: number;
	title: Words;
	kind: string;
	set: Record<string, Value>;
	/** The field of this record that keeps the new one. */
	link?: string;
}
export interface MovesReply {
	moves: MoveChoice[];
	turn?: Turn;
	offers?: Offer[];
	names?: Names;
}
/** What comes page by page: `next` is the cursor of the next one, null at the end. */
export interface Paged<T> {
	items: T[];
	next: string | null;
	total: number;
	names?: Names;
}
/** Of a hidden version there are only version and at. */
export interface HistoryItem {
	version: number;
	at: string;
	hidden?: boolean;
	follows_hidden?: boolean;
	actor: { id: string; name: string; type: string; for?: StandsFor };
	act: string;
	/** Of a clock, by which it came to be: clock.FIELD, remind.FIELD.N. */
	timer?: string;
	told?: { event: string; field: string; to: string }[];
	/** By which waivers it was decided, or signed. */
	waived?: Waived[];
	/** Fields of which the content was taken out later, or by this. */
	redacted?: string[];
	move?: string;
	from?: string;
	to?: string;
	reason?: string;
	changes?: { field: string; from?: Value; to?: Value }[];
	ledger?: number;
}
export interface LinkItem {
	type: string;
	title: Words | null;
	direction: 'in' | 'out';
	free: boolean;
	record: Ref;
}
export interface Comment {
	id: string;
	author: string;
	at: string;
	body: string;
	hidden?: boolean;
}
export interface Task {
	kind: string;
	id: string;
	key: string;
	title: string;
	state: string;
	why: string;
	move?: string;
	move_title?: Words;
	due?: string;
	overdue?: boolean;
	/** What is lost by waiting: law, overdue, today, blocks, rest. */
	loses: Loss;
	/** Of what waits for others: since when it is in its state. */
	since?: string;
	ready?: boolean;
	turn?: Turn;
}
export type Loss = 'law' | 'overdue' | 'today' | 'blocks' | 'rest';
/** What Today shows to whoever holds one of the roles; none: to everybody, or to whom no other home is for. */
export interface Home {
	home: string;
	title: Words;
	about: Words;
	roles: string[];
	otherwise: boolean;
	tiles: { tile: string; title: Words; about: Words; show: 'count' | 'list' | 'tally' | 'part'; part?: string; kind?: string; by?: string }[];
	/** Whoever has no home without it is led to where these tiles lead, and nowhere else. */
	nav: string[];
	acts: { act: string; title: Words; about: Words; did: 'create' | 'move' | 'export' | 'invite'; kind?: string }[];
}
/** What a tile comes to. `query`: the filter of the list that proves the number. */
export interface TileNow {
	tile: string;
	part?: string;
	kind?: string;
	query?: string;
	count?: number;
	tone?: '' | 'ok' | 'warn' | 'bad';
	items?: (Ref & { due?: string })[];
	tally?: { x: Counted; n: number }[];
	more?: boolean;
	names?: Names;
	registers?: { kind: string; n: number; query: string }[];
}
export interface Change extends Ref {
	actor: HistoryItem['actor'];
	act: string;
	move?: string;
	to?: string;
	timer?: string;
	at: string;
	entry: number;
}
export interface HomeReply {
	homes: { home: string; tiles: TileNow[] }[];
	/** For whoever is new. `since`: entries before it were not looked at. */
	learn: { home: string; until: string; since: number; acts: { act: string; entry?: number; query?: string }[] } | null;
	changed: { entry?: number; since?: string; items: Change[]; more: boolean };
}
export interface TasksReply {
	items: Task[];
	next: string | null;
	total: number;
	/** There are more than 500: total and counts are of the first 500. */
	more: boolean;
	counts: { waiting: number; overdue: number; due_soon: number };
	stands_in?: StandsIn[];
}
export interface Grant {
	role: string;
	unit?: string;
	pending?: boolean;
	/** For whom it waits, in words. */
	waits_for?: string;
	may_confirm?: boolean;
}
export interface Person {
	id: string;
	name: string;
	email?: string;
	roles?: Grant[];
	unit?: string;
	disabled?: boolean;
	/** False: one person alone made the account, and its person is not staff until another confirms it. */
	confirmed?: boolean;
	confirmation?: { waits_for: string; may_confirm: boolean };
}
/** An answer that may have to wait for somebody else. */
export interface Outcome {
	pending: boolean;
	waits_for: string;
	link?: string;
	expires_at?: string;
}
export interface SignedIn {
	id: string;
	created_at: string;
	seen_at: string;
	ends_at: string;
	current: boolean;
}
export interface CheckState {
	check: string;
	title: Words;
	statement: Words;
	state: 'pass' | 'fail' | 'no_data';
	population: number;
	breaks: number;
	must?: boolean;
	rows?: string[];
	remedy?: Words;
	records?: (Ref & { fix?: Fix | null })[];
	/** Without data: what makes that there is something to look at. */
	fix?: Fix | null;
}
export interface Term {
	id: string;
	en: string;
	zh: string;
	also?: { en?: string[]; zh?: string[] };
	about: Words;
	source: string;
	related?: string[];
	kinds?: string[];
	/** Too common a word to be marked in texts. */
	quiet?: boolean;
}
export interface KindHelp {
	kind: string;
	asked_by: string[];
	fields: Record<string, { example?: Words; asked_by?: string[] }>;
}
/** What mends it; of what is there the first that can be done. */
export interface Fix {
	title?: Words;
	create?: string;
	list?: string;
	set?: Record<string, unknown>;
	fill?: string;
	move?: string[];
}
export interface Gap {
	check: string;
	title: Words;
	remedy: Words;
	must: boolean;
	weight: 'blocks' | 'stage1' | 'stage2' | 'other';
	/** Empty: nothing to look at yet, or too much to name. */
	reason: string;
	say: Words;
	count: number;
	rows: string[];
	records: Ref[];
	fix: Fix | null;
}
export interface GapRow {
	row: string;
	title: Words;
	group: string;
	level: number;
	needs: number;
	weight: number;
	why: Words;
	record: Ref | null;
}
export interface Gaps {
	framework: string;
	at: string;
	items: Gap[];
	rows: GapRow[];
}
export interface ReadinessRow {
	row: string;
	title: Words;
	type: string;
	group: string;
	phase: string;
	weight: number;
	applicable: boolean;
	level: number | null;
	value: number | null;
	proven: boolean;
	/** Said by a person in the register and shown by no check. */
	declared: { record: Ref; by: string; name: string; at: string } | null;
	lowered: { to: number; reason: string; by: string; name: string; at: string } | null;
	checks: { check: string; title?: Words; level: number; state: 'pass' | 'fail' | 'no_data'; breaks: number; population: number }[];
	why?: Words;
}
export interface Gate {
	ready: boolean;
	failing: { row: string; check?: string; why?: Words }[];
}
/** By which rules something is measured; hash: of the file that says them. */
export interface Method {
	method: string;
	title: Words;
	about: Words;
	hash: string;
	standard: boolean;
	covered_from?: number;
	blocked_at_most?: number;
}
export interface Methods {
	criteria: Ref | null;
	risk: { method: Method; bands: { value: string; from: number }[]; cells: { score: number; band: string }[][]; lines: Record<string, string> } | null;
	readiness: { method: Method } | null;
}
export interface Readiness {
	framework: string;
	at: string;
	method: Method;
	score: number;
	raw_score: number;
	ready: boolean;
	coverage: { met: number; of: number };
	proof_ratio: number;
	blockers: { check: string; title: Words; count: number; must: boolean }[];
	gates: { stage1: Gate; stage2: Gate };
	phases: { phase: string; score: number; rows: number; met: number }[];
	groups: { id: string; title: Words; score: number; rows: number; met: number }[];
	rows: ReadinessRow[];
	/** Days on which somebody asked, the oldest first; the last is now. Only when asked for. */
	trend?: { day: string; score: number; proof_ratio: number; met: number; of: number; blockers: number }[];
}
/** As it was found and written down; null: an earlier release did not keep it. */
export interface ReadinessKept {
	framework: string;
	as_of: string;
	at: string;
	day: string;
	entries: number;
	score: number;
	raw_score: number;
	coverage: { met: number; of: number };
	proof_ratio: number;
	blocking: number;
	method: { method: string; title: Words; hash: string; standard: boolean } | null;
	ready: boolean | null;
	stage1: boolean | null;
	rows: { row: string; title: Words; applicable: boolean; level: number; proven: boolean }[] | null;
	checks: { check: string; title: Words; state: 'pass' | 'fail' | 'no_data'; population: number; breaks: number; must: boolean }[] | null;
}
export interface SoaRow {
	row: string;
	title: Words;
	about?: Words;
	group: string;
	entry: AnyRecord | null;
	risks?: Ref[];
	evidence: number;
	level: number | null;
	/** By the signed statement. */
	applicable: boolean;
	/** Decided otherwise since the statement was signed: it counts as it was then. */
	changed?: boolean;
	/** The state in which it was signed; null: it never was. */
	signed?: string | null;
}
export interface Soa {
	rows: SoaRow[];
	names: Names;
	summary: { applicable: number; excluded: number; undetermined: number; changed?: number };
}
export interface FrameworkDetail {
	framework: string;
	title: Words;
	groups: { id: string; title: Words; phase?: string }[];
	rows: { id: string; group: string; type: string; title: Words; about?: Words; auditor?: Words; evidence?: Words }[];
}
export interface Session {
	user: { id: string; name: string; email: string; unit?: string; lang?: string };
	roles: { role: string; unit?: string }[];
	stands_in: StandsIn[];
	csrf: string;
	organisation: { name: string; logo?: string; demo?: boolean; restored?: boolean; zone?: string; today?: string };
	may: Record<string, { read: boolean; create: boolean }>;
	admin: boolean;
	/** Which tokens they may make for themselves. */
	tokens?: 'all' | 'read' | '';
	/** Signed in with a password that somebody else has seen: good for nothing but choosing one's own. */
	renew: boolean;
	fresh_until?: string;
	size?: number;
	/** When it was asked for with the session. */
	work?: { waiting: number; more: boolean; jobs: Job[] };
}

/** Whose day "today" is. */
export interface Watched {
	kind: string;
	id: string;
	key: string;
	title: string;
	state: string;
	since: string;
}
export interface MailWish {
	goes_out: boolean;
	mail: 'daily' | 'at_once' | 'never';
	hour: number;
	quiet_from: number;
	quiet_to: number;
	zone: string;
}
/** An address that is told what happens. */
export interface Webhook {
	id: string;
	name: string;
	address: string;
	/** Names of registers, or "*" alone. */
	kinds: string[];
	events: string[];
	stopped: '' | 'paused' | 'failing' | 'gone' | 'maker_left';
	maker: { id: string; name: string };
	mine: boolean;
	made_at: string;
	rotated_at?: string;
	waiting: number;
	failing_since?: string;
}
export interface Delivery {
	id: string;
	event: string;
	at: string;
	/** Of a record that the reader may read. */
	kind?: string;
	key?: string;
	state: 'waiting' | 'delivered' | 'given_up' | 'not_told' | 'ended';
	tries: number;
	why?: string;
	status?: number;
	next?: string;
}
export interface Organisation {
	name: string;
	zone: string;
	calendar: string;
	today: string;
	/** Registers in which whoever has no account can report something. */
	public?: string[];
}

/** What a public page shows, or would show, of one register. */
export interface PublicShown {
	page: string;
	kind: string;
	title: Words;
	/** Only the last date of it is told. */
	line: boolean;
	latest?: string;
	count?: number;
	held_back?: number;
	query?: string;
	mark?: string;
	fields: Words[];
}
/** What the public pages are set to. */
export interface PublicPages {
	on: string[];
	lines: string[];
	logo: string;
	words: Record<string, { en: string; zh: string }>;
	shows: PublicShown[];
}

/** What whoever has no account can report, and what they are told of it. */
export interface PublicKind {
	kind: string;
	title: Words;
	about: Words;
}
export interface PublicForm extends PublicKind {
	fields: Field[];
}
export interface PublicCase {
	kind: string;
	title: Words;
	state?: Words;
	shown: { field: Field; value: Value }[];
	messages: { at: string; from: 'you' | 'us'; body?: string; removed?: true }[];
	may_write: boolean;
}
/** The same conversation as those inside see it. */
export interface Mailbox {
	case: boolean;
	may_answer: boolean;
	items: { id: string; at: string; outside: boolean; author?: { id: string; name: string }; body?: string; removed?: true; hidden?: true }[];
}

/** A file whose rows become records: what the server knows of it. */
export interface TransferColumn {
	name: string;
	filled: number;
	samples: string[];
	/** '' is left out. */
	field: string;
	by: 'none' | 'name' | 'words' | 'map' | 'hand' | 'left';
	/** The engine keeps or computes it. */
	passed: boolean;
}
export interface TransferLook {
	format: 'csv' | 'xlsx' | 'json';
	encoding?: string;
	sheets: { name: string; hidden: boolean }[];
	sheet?: string;
	header: number;
	rows: number;
	identity: boolean;
	dates: string;
	columns: TransferColumn[];
	missing: string[];
	maps: string[];
}
export interface TransferSaid {
	sheet?: string;
	header?: number;
	dates?: string;
	map?: string;
	columns?: Record<string, string | null>;
}
export interface TransferResult {
	dry_run?: boolean;
	accepted?: number;
	updated?: number;
	unchanged?: number;
	rejected?: number;
	undone?: number;
	refused?: number;
	stopped?: boolean;
	errors: { line?: number; column?: string; kind?: string; id?: string; code: string; message: string }[];
	more_errors: number;
	remarks?: { line: number; column: string; message: string; rows: number }[];
	more_remarks?: number;
}
export interface Transfer {
	id: string;
	kind: string;
	name: string;
	state: 'looking' | 'looked' | 'rehearsing' | 'rehearsed' | 'taking' | 'taken' | 'undoing' | 'undone' | 'failed';
	task: 'look' | 'rehearse' | 'take' | 'undo';
	file: boolean;
	done: number;
	rows: number;
	said?: TransferSaid;
	look?: TransferLook;
	result?: TransferResult;
	problems?: Problem[];
}
export interface BulkResult {
	id: string;
	key: string;
	ok: boolean;
	version?: number;
	errors?: Problem[];
}
export interface JobRefusal {
	row: number;
	id: string;
	ok: boolean;
	status: number;
	errors: Problem[];
}
export interface Job {
	id: string;
	sort: 'bulk' | 'import';
	task: 'change' | 'move' | 'rehearse' | 'look' | 'take' | 'undo';
	kind: string;
	what: Words;
	state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
	stopping: boolean;
	done: number;
	total: number;
	changed: number;
	refused: number;
	asked_at: string | null;
	started_at: string | null;
	ended_at: string | null;
	problems?: Problem[];
	see?: string;
	items?: JobRefusal[];
	next?: number | null;
	untold?: number;
}
export interface Transfers {
	items: Transfer[];
	taken: { id: string; kind: string; at: string; parts: number }[];
}

/** One whom a record asks to acknowledge it; `at`: when they did. */
export interface AskedPerson { person: string; name: string; unit: string; due?: string; overdue: boolean; at?: string }
export interface QuizQuestion { question: string; place?: string; options: { value: string; text: string }[] }
export interface Acknowledgements {
	/** null: it asks nobody now. */
	edition: number | null;
	since?: string;
	mine: { due: string; overdue: boolean; at?: string } | null;
	quiz: QuizQuestion[];
	shown: boolean;
	total?: number;
	done?: number;
	overdue?: number;
	items?: AskedPerson[];
	next?: string | null;
	/** Editions that were in force before, the newest first. */
	earlier?: { edition: number; since: string; until: string; done: number }[];
}
