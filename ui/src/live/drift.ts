// SPDX-License-Identifier: Apache-2.0
// Columns of predictions against those of a reference, as the server says it (docs/measures.md), and the words of it.
import { fill, language } from '../i18n/t.svelte';

/** One column of predictions against its reference. */
interface Side {
	rows: number;
	missing: number;
	missing_rate: number | null;
	wrong_type: number;
}
export interface Column {
	type: 'numeric' | 'categorical' | 'mixed' | null;
	n: number;
	n_reference: number;
	reference: Side;
	current: Side;
	drifted: boolean | null;
	missing_changed: boolean | null;
	hidden: boolean;
	psi: number | null;
	psi_null: number | null;
	ks?: number | null;
	cramers_v?: number | null;
	capped?: boolean;
	bins?: { above: number | null; to: number | null; reference: number; current: number }[];
	categories?: { name: string | null; gathered: boolean; reference: number; current: number }[];
	new?: { count: number; names: string[] };
	vanished?: { count: number; names: string[] };
}
export interface DriftReply {
	reference: string;
	n: number;
	n_reference: number;
	empty: 'reference' | 'current' | 'both' | null;
	rule: { alpha: number; psi: number; ks: number; min_n: number; tests: number; columns_most: number; categories_most: number };
	more_columns: boolean;
	judged: number;
	drifted: number;
	columns: Record<string, Column>;
	predictions: Record<string, Column>;
	labels: Record<string, Column>;
}
export const WORDS = {
	drift: ['Drift by column', '逐列漂移'],
	driftAbout: ['What the system is told and answers, against an earlier time. It has drifted when it is further apart than the limit and that is no chance.', '系统收到的内容与给出的结果，与较早时期对比。差异超出限值且并非偶然，才算漂移。'],
	driftNone: ['Nothing to compare: the system sends no features, and no scores.', '无可比较：系统未发送特征，也没有分数。'],
	driftEmptyReference: ['There is no prediction in the reference period.', '参照期内没有预测。'],
	driftEmptyCurrent: ['There is no prediction after the reference period.', '参照期之后没有预测。'],
	driftOf: ['{n} {n|prediction|predictions} from {from} on, against {m} of the reference', '自 {from} 起 {n} 个预测，对照参照期 {m} 个'],
	driftTotal: ['{n} of {of} {of|feature|features} drifted', '{of} 个特征中有 {n} 个漂移'],
	driftMore: ['Only the first {n} features are compared.', '仅比较前 {n} 个特征。'],
	driftRule: ['Limits: PSI {psi}, KS {ks}; chance below {alpha} after correction for {n} looks (Benjamini and Hochberg); at least {min} values on either side.', '限值：PSI {psi}，KS {ks}；按 {n} 次检验校正（Benjamini-Hochberg）后偶然概率低于 {alpha}；两侧各至少 {min} 个值。'],
	referenceFrom: ['Reference from', '参照期自'],
	referenceTo: ['before', '至（不含）'],
	byBaseline: ['The baseline of a monitor.', '监测项的基线。'],
	byFirst: ['The first 30 days of events.', '最初 30 天的事件。'],
	feature: ['Column', '列'],
	psi: ['PSI', 'PSI'],
	psiNull: ['about {n} by chance', '偶然约为 {n}'],
	apart: ['KS or V', 'KS 或 V'],
	absent: ['Missing', '缺失'],
	then: ['Then', '当时'],
	nowShare: ['Now', '现在'],
	verdict: ['Verdict', '结论'],
	drifted: ['Drifted', '已漂移'],
	withinLimits: ['Within limits', '在限值内'],
	chance: ['May be chance', '可能是偶然'],
	tooFew: ['Not enough data', '数据不足'],
	missingMore: ['More is missing, or less', '缺失率变化'],
	wrongType: ['{n} of another type', '{n} 个类型不符'],
	numeric: ['numbers', '数字'],
	categorical: ['words', '文本'],
	mixed: ['numbers and words', '数字与文本'],
	noValue: ['no value then', '当时无值'],
	cappedValues: ['more than {n} different values: not compared', '超过 {n} 个不同值：不作比较'],
	fewHidden: ['of fewer than five: not shown to you', '少于 5 个：不向您显示'],
	spread: ['How it is distributed', '分布'],
	share: ['Value', '值'],
	upTo: ['to {n}', '至 {n}'],
	above: ['above {n}', '大于 {n}'],
	others: ['(all others)', '（其他）'],
	newOnes: ['(new)', '（新出现）'],
	lackingOnes: ['(missing)', '（缺失）'],
	rare: ['(of fewer than five rows)', '（少于 5 行）'],
	newNames: ['New: {names}', '新出现：{names}'],
	limitOn: ['Set a limit on it', '为其设定限值'],
	driftNoFeatures: ['The system sends no features; what it answers is compared.', '系统未发送特征；仅比较其结果。'],
	goneNames: ['Gone: {names}', '已消失：{names}'],
	ownScore: ['Score', '分数'],
	ownClass: ['Answer', '结果'],
	ownValue: ['Predicted value', '预测值'],
	ownLabel: ['Label', '标签'],
	ownTruth: ['True value', '真实值'],
	answersPart: ['What it answers', '系统给出的结果'],
	labelsPart: ['What came true. Labels that come early are of a certain sort.', '实际结果。早到的标签往往有偏。']
} as const satisfies Record<string, readonly [string, string]>;

export function say(key: keyof typeof WORDS, vars: Record<string, string | number> = {}): string {
	return fill(WORDS[key][language.now === 'zh' ? 1 : 0], vars, language.now);
}
