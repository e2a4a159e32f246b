/* SPDX-License-Identifier: Apache-2.0 */
/* signal/wording.c — forms of words. None of them proves anything: people write so too, and
 * whoever attacks writes otherwise. What they find and what they miss is in figures.h. */
#include "signal/internal.h"

/* Letters beyond ASCII are part of words; what is between two words is short; some words, as
 * few as will do. */
#define B "(?<![\\w\\x80-\\xff])"
#define E "(?![\\w\\x80-\\xff])"
#define G "[^\\w\\x80-\\xff]{1,4}+"
#define L "[\\w\\x80-\\xff]{0,20}+"
#define SOME(n) "(?:[\\w'\\x80-\\xff]{1,30}+" G "){0," #n "}?"
#define ANY(n) "[^\\n]{0," #n "}?"
#define A "(?:'|\xe2\x80\x99)"
#define NOT_SO                                                                                 \
    "(?<!n't )(?<!not )(?<!never )(?<!I )(?<!you )(?<!we )(?<!they )(?<!people )(?<!to )"

#define EARLIER                                                                                \
    "(?:previous|previously|prior|above|preceding|earlier|foregoing|initial|original|"         \
    "beforehand|aforementioned)"
#define ORDERS                                                                                 \
    "(?:instructions?|directions|directives?|commands?|orders|prompts?|tasks?|assignments?|"   \
    "guidelines?|guardrails?|rules?|programming|training|constraints|thoughts|restrictions)"
#define LEAVE                                                                                  \
    "(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overlook|neglect|overrid(?:e|ing)|"   \
    "bypass|abandon|drop|discard)"

static enum verdict at_beginning(const struct scan *s, struct text raw, struct text plain)
{
    size_t bytes = (size_t)(raw.at - s->text.at);
    return bytes <= SIGNAL_CONDUCT ||
                   text_characters(text_slice(s->text, 0, bytes)) < SIGNAL_CONDUCT
               ? SHAPE
               : NO;
}

#define LEAVES "ignor|disregard|forget|overlook|neglect|overrid|bypass|abandon|drop|discard"

#define WORDING(rule, needs, pattern)                                                          \
    {                                                                                          \
        SIGNAL_##rule, 0, pattern, NULL, NULL, NEVER, ALWAYS, needs                            \
    }
#define CONDUCT(needs, pattern)                                                                \
    {                                                                                          \
        SIGNAL_REFUSAL, 0, pattern, at_beginning, NULL, NEVER, ALWAYS, needs                   \
    }

const struct shape signal__wording[] = {
    /* ---- to forget what it was told */
    WORDING(OVERRIDE, LEAVES, "(?i)" B LEAVE G SOME(4) EARLIER E),
    WORDING(OVERRIDE, LEAVES,
            "(?i)" B "(?<!n't )(?<!not )(?<!never )" LEAVE G
                SOME(2) "(?:all|any|every|your|the|these|those|its|everything)" G SOME(
                    3) "(?:" ORDERS "|documents" G "provided|provided" G
                       "(?:context|documents))" E),
    WORDING(OVERRIDE, "ignore|forget|disregard",
            "(?i)" B NOT_SO "(?:ignore|forget|disregard)" G "(?:about" G
            ")?(?:everything|all|all of (?:it|this|that)|"
            "what(?:ever)?" G SOME(4) "before)" E),
    WORDING(OVERRIDE, "previous|prior|preceding|earlier",
            "(?i)" B "(?:leave|remove|delete|erase|clear|cancel|wipe|put)" G SOME(
                2) "(?:previous|prior|preceding|earlier)" G "(?:" ORDERS
                   "|information|context|messages)" E),
    WORDING(OVERRIDE, "document|instruction|rules|article|context|guideline|question",
            "(?i)" B "(?:do not|don't|don'nt|dont|never)" G
            "(?:look|answer|follow|obey|use|consider|read|rely)" G SOME(
                5) "(?:documents?|instructions|rules|articles?|context|guidelines|"
                   "this" G "question)" E),
    WORDING(OVERRIDE, "ignor|disregard",
            "(?i)" B "(?:ignor(?:e|ing)|disregard(?:ing)?)" G "the" G
            "(?:articles?|documents?|context|text)" E),
    WORDING(OVERRIDE, "article|document|context",
            "(?i)" B "not" G "(?:by|from|according to|based on)" G
            "the" G SOME(1) "(?:articles?|documents?|context)" E),
    WORDING(OVERRIDE, "instructions",
            "(?i)" B
            "(?:change your instructions|your (?:new )?instructions are (?:now|to))" E),
    WORDING(OVERRIDE, "despite|regardless|contrary|deviating",
            "(?i)" B "(?:despite|regardless of|contrary to|deviating from)" G SOME(
                3) "(?:been told|told|previous|prior|earlier|instructions)" E),
    WORDING(OVERRIDE, "irrelevant|void|obsolete|invalid|cancelled|no longer",
            "(?i)" B "(?:all|previous|prior|earlier|above)" G
                SOME(2) "(?:instructions|information|rules|orders)" G SOME(
                    5) "(?:irrelevant|void|obsolete|invalid|cancelled|no longer)" E),
    WORDING(OVERRIDE, "ignorier|vergiss|vergesse|missacht|verwirf|bergeh",
            "(?i)" B "(?:ignorier|vergiss|vergesse|missacht|verwirf|\xc3\xbc"
            "bergeh)" L G SOME(
                4) "(?:vorherig|bisherig|obig|vorangehend|vorangegangen|vorig|davor|"
                   "zuvor|vorher|gesagt|anweisung|befehl|instruktion|auftr\xc3\xa4g|aufgaben|"
                   "regeln|vorgaben|alles)" L E),
    WORDING(OVERRIDE, "vorherig|bisherig|obig|vorangehend|vorangegangen",
            "(?i)" B "(?:vorherig|bisherig|obig|vorangehend|vorangegangen)" L G SOME(
                8) "(?:ignorier|vergess|missacht|hinter sich|irrelevant|au\xc3\x9f"
                   "er acht|"
                   "aus dem kopf|verwerf)" L E),
    WORDING(OVERRIDE, "abweichend|entgegen",
            "(?i)" B "(?:abweichend|entgegen)" G SOME(2) "(?:vorherig|bisherig|obig)" L E),
    WORDING(OVERRIDE,
            "olvid|ignor|oubli|dimentica|esque|vergeet|negeer|zaboravi|zapomnij|zignoruj",
            "(?i)" B "(?:olvid[ae]|ignor[ae]|oubli|dimentica|esque\xc3\xa7|esquec|vergeet|"
            "negeer|zaboravi|zapomnij|zignoruj)" L G SOME(
                3) "(?:instru|istru|todo|tout|consigne|pr\xc3\xa9"
                   "c\xc3\xa9"
                   "dent|anterior|"
                   "precedent|eerdere|vorige|sve|wszystk|poprzedni)" L E),
    WORDING(OVERRIDE, "абуд",
            "(?:З|з)абуд" L G SOME(3) "(?:инструкци|указани|все|всё|предыдущ)" L),
    WORDING(OVERRIDE, "忽略|无视|忘记|忘掉|忘了|不要理会|不用管|别管|抛开|忽視|忘記|無視",
            "(?:忽略|无视|忘记|忘掉|忘了|不要理会|不用管|别管|抛开|忽視|忘記|無視)" ANY(
                40) "(?:之前|以上|上述|上面|前面|先前|此前|所有|一切|全部|你的|系统|"
                    "之前的)" ANY(40) "(?:指令|指示|提示|命令|规则|內容|内容|要求|对话|设定|"
                                      "说明|限制|任务|規則)"),
    /* ---- its own instructions */
    WORDING(REVEAL, "prompt|instructions|directives|system message",
            "(?i)" B "(?:show|print|reveal|display|repeat|output|tell|give|write|share|"
            "expose|leak|recite|return|copy|dump|disclose)" G SOME(
                6) "(?:your|full|entire|whole|system|initial|original|hidden|secret|internal|"
                   "preceding|above)" G SOME(
                       3) "(?:prompts?|instructions|directives|system message|pre-?prompt)" E),
    WORDING(REVEAL, "prompt",
            "(?i)" B "(?:your|this|all|full|entire|system)" G SOME(2) "prompt[ -]?texts?" E),
    WORDING(REVEAL, "prompt|anweisungen|instruktionen",
            "(?i)" B "(?:show|print|display|zeig|gib|nenn|wiederhol|verrat|vorzeig)" L G SOME(
                5) "(?:dein|ihre|gesamt|system|vollst\xc3\xa4ndig|s\xc3\xa4mtlich)" L G
                SOME(2) "(?:prompt|system-?prompt|anweisungen|instruktionen)" L E),
    WORDING(REVEAL, "instructions|prompt|above|beginning|before",
            "(?i)" B "what" G "(?:is|are|was|were)" G "(?:your" G
            "(?:instructions|prompt|system prompt)|"
            "(?:written|said|stated|printed)" G SOME(
                4) "(?:above|beginning|before)|"
                   "the" G SOME(2) "(?:sentences?|words?|lines?)" G "before)" E),
    WORDING(REVEAL, "提示|指令|设定|内容",
            "(?:显示|告诉我|输出|重复|打印|透露|展示|复述|泄露)" ANY(
                40) "(?:系统提示|提示词|系统指令|初始指令|你的指令|你的设定|你的提示|"
                    "以上内容|上述内容)"),
    /* ---- a new task */
    WORDING(TASK, "task|assignment|instruction|challenge",
            "(?i)" B "(?:now|further|here|following|with|have|focus|concentrate|your)" G SOME(
                5) "new" G SOME(1) "(?:tasks?|assignments?|instructions?|challenge)" E),
    WORDING(TASK, "follow",
            "(?i)" B "(?:new|further)" G "(?:tasks?|instructions?)" G SOME(2) "follow" L E),
    WORDING(TASK, "aufgabe|anweisung|herausforderung",
            "(?i)" B "(?:nun|jetzt|folgen|deine|ihre|neu|mit|noch)" G
                SOME(5) "(?:neue[nr]?|weitere[nr]?)" G SOME(
                    1) "(?:aufgaben?|anweisung|anweisungen|herausforderung)" E),
    WORDING(TASK, "stop",
            "(?i)" B "stopp? ?[-:,;!] ?(?:write|say|print|ignore|output|now|forget|schreib|"
            "ignorier|ich|i)" L E),
    WORDING(TASK,
            "very good|well done|great|excellent|perfect|good job|congratulations|sehr gut|gut "
            "gemacht|artig|ausgezeichnet",
            "(?i)" B "(?:very good|very well done|well done|great|excellent|perfect|good job|"
            "congratulations|sehr gut|gut gemacht|gro\xc3\x9f"
            "artig|ausgezeichnet)" E "[^\\n.!]{0,40}[.!]" ANY(60) B "(?:now|nun|jetzt)" E),
    WORDING(TASK, "enough|done|das gen|erledigt",
            "(?i)" B "(?:that(?: is|'s) (?:enough|done)|das (?:gen\xc3\xbcgt|ist erledigt))" E),
    /* ---- somebody else */
    WORDING(PERSONA, " act",
            "(?i)" B "(?:want you to|would like you to|you (?:will|must|shall|should)|now you|"
            "you|please|now) act" G "(?:as|like)" E),
    WORDING(PERSONA, "act as", "(?i)(?:^|[.!?:] )act as (?:a|an|my|the|if)" E),
    WORDING(PERSONA,
            "you are now|you're now|now you are|from now|you will now|role-playing|roleplaying",
            "(?i)" B "(?:you are now|you're now|now you are|from now on,? you|you will now be|"
            "from now (?:on )?known as|(?:you are|you're) role-?playing)" E),
    WORDING(PERSONA, "pretend|imagine",
            "(?i)" B "(?:pretend|imagine)" G "(?:that" G ")?(?:you are|you're|you can|you have|"
            "to be an? (?:evil|unrestricted|unfiltered))" E),
    WORDING(PERSONA, "character|your role|their roles|the role|out of",
            "(?i)" B "(?:break character|(?:stay|remain|be|absorbed)" G SOME(
                2) "in" G "(?:character|your role|their roles|the role)|"
                   "(?:fall|falling) out of (?:the |your )?(?:figure|character|role))" E),
    WORDING(PERSONA,
            "do anything now|dan mode|developer "
            "mode|jailbroken|guidelines|restrictions|limits|theoretical|fictional|hypothetical",
            "(?i)" B "(?:do anything now|DAN mode|developer mode|jailbroken|"
            "no (?:ethical|moral|content|programming) (?:guidelines|restrictions|limits)|"
            "(?:theoretical|fictional|hypothetical) (?:world|scenario)" G SOME(3) "you)" E),
    WORDING(PERSONA, "bist du", "(?i)" B "(?:nun|jetzt|ab jetzt|von nun an) bist du" E),
    WORDING(PERSONA, "stell dir|tu so",
            "(?i)" B "(?:stell dir vor,? du (?:bist|kannst)|tu so,? als)" E),
    WORDING(PERSONA, "chte",
            "(?i)" B "m\xc3\xb6"
            "chte,? dass (?:du|sie) als " ANY(80) "(?:fungier|agier|auftr)" L),
    WORDING(PERSONA, "rolle|figur",
            "(?i)" B "(?:in (?:ihren|deiner|seiner|der) Rollen?|aus (?:der|ihrer|deiner) "
            "(?:Figur|Rolle) (?:zu )?fallen)" E),
    WORDING(PERSONA, "你现在是|从现在|假装你|假设你是|你将扮演|开发者模式",
            "(?:你现在是|从现在起|从现在开始|假装你|假设你是|你将扮演|进入开发者模式)"),
    /* ---- what to say */
    WORDING(OUTPUT, "just|only|simply|instead",
            "(?i)" B "(?:just|only|simply|instead)" G
            "(?:say|output|print|write|reply with|respond with|answer with)" E),
    WORDING(OUTPUT, "repeat after me|say yes|say no|or you|oder du",
            "(?i)" B
            "(?:repeat after me|say yes|say no|or you (?:will )?die|oder du stirbst)" E),
    WORDING(OUTPUT, "that",
            "(?i)" B "(?:say|state|include|tell me|write)" G "that" G "you" G
            "(?:hate|love|like|are|think)" E),
    WORDING(OUTPUT, "state that", "(?i)(?:^|[.:?!] )state that" E),
    WORDING(OUTPUT, "print|output|say|write|answer with|respond with|reply with",
            "(?i)" B "(?:print|output|say|write|answer with|respond with|reply with)" G
            "(?:the following" G ")?(?<=[\"'(\x80-\xff])"),
    WORDING(OUTPUT, "nur",
            "(?i)" B "(?:sag|sage|schreib|schreibe|gib)" G "(?:einfach" G ")?nur" E),
    /* ---- marks of roles */
    WORDING(MARKER, "im_|system|user|assistant|endoftext|header|eot_|begin_of|channel|message",
            "(?i)<\\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|"
            "end_header_id|eot_id|begin_of_text|channel|message)\\|>"),
    WORDING(MARKER, "inst]|sys>>|system>|instructions>|system_prompt>",
            "\\[/?INST\\]|<</?SYS>>|</?(?:system|instructions|system_prompt)>"),
    WORDING(MARKER, "system|instruction",
            "(?i)(?:^|\\n)[ \\t]{0,4}#{1,4} ?(?:system|instructions?|new instructions?)"
            "(?: prompt| message)?[ \\t]{0,3}(?::|\\n)"),
    WORDING(MARKER, "system|assistant|human|ai:|ai :",
            "(?:^|\\n)[ \\t]{0,4}(?:System|SYSTEM|Assistant|Human|AI) ?:"),
    WORDING(MARKER, "prompt|instruction|message",
            "(?i)-{2,8} ?(?:begin|end|start)(?: of)?(?: the)?(?: system)? "
            "(?:prompt|instructions|message)"),
    /* ---- an answer that refuses */
    CONDUCT("sorry", "(?i)" B "I(?: am|" A "m)?(?: really| truly| very| deeply)? sorry" E ANY(
                         60) B "(?:can" A "?t|cannot|unable|not able|won" A "?t)" E),
    CONDUCT("sorry", "(?i)(?:^|[.!,] )Sorry, (?:but )?I (?:can" A "?t|cannot|won" A "?t)" E),
    CONDUCT("cannot|can not|can't|can’t|won't|won’t|will not|refuse to|decline",
            "(?i)" B "I(?: simply| just| also)? (?:cannot|can not|can" A "t|won" A
            "t|will not|refuse to|"
            "must decline|have to decline)" E),
    CONDUCT("not able|unable|not programmed|not comfortable|not willing",
            "(?i)" B "I(?: am|" A
            "m) (?:not able|unable|not programmed|not comfortable|not willing)" E),
    CONDUCT(
        "not|never",
        "(?i)(?:" B "is|" B "are|\\w" A
        "s) (?:not|never)(?: (?:ethically|morally|legally|a|an|only|just|"
        "generally))? (?:appropriate|ethical|acceptable|accurate|respectful|legal|safe|okay|ok|"
        "right|healthy|fair|productive|good|moral|justified|responsible|advisable|recommended|"
        "the answer)" E),
    CONDUCT("support|condone|encourage|advocate|promote|condemn|disagree|discourage",
            "(?i)" B "I(?: do not|" A " don" A "t| don" A
            "t|) (?:strongly |firmly )?(?:support|condone|"
            "encourage|advocate|promote|condemn|disagree|discourage)" E),
    CONDUCT("against my|violate",
            "(?i)" B "(?:against my (?:programming|guidelines|values|principles|policy)|"
            "violates? (?:my|our|the) (?:guidelines|policy|policies|terms))" E),
    CONDUCT("have access to",
            "(?i)" B "I (?:don" A
            "t|do not) have access to (?:your|personal|private|any|individual)" E),
    CONDUCT("i must", "(?i)" B "I must (?:clarify|emphasize|stress)" E),
    CONDUCT("think|believe", "(?i)" B "I (?:do not|don" A
                             "t) (?:think|believe) (?:it|that|this|in)(?:" A "s)?" E),
    CONDUCT("抱歉|对不起|很遗憾|對不起",
            "(?i)(?:抱歉|对不起|很遗憾|對不起)" ANY(60) "(?:不能|无法|没办法|不便|無法)"),
    CONDUCT(
        "我不能|我无法|我没有办法|我無法",
        "(?:我不能|我无法|我没有办法|我無法)(?:提供|帮助|协助|回答|满足|参与|完成|支持|為|为)"),
    CONDUCT("tut mir leid|bedauere|entschuldig",
            "(?i)" B "(?:tut mir leid|bedauere|entschuldig)" L ANY(60) B
            "(?:kann|darf|werde)" E ANY(60) B "nicht" E),
    CONDUCT(
        "nicht",
        "(?i)" B "ich (?:kann|darf|werde) (?:dir |Ihnen |dabei |das |diese[rsn]? )?" ANY(
            40) "nicht "
                "(?:helfen|beantworten|erf\xc3\xbcllen|unterst\xc3\xbctzen|bereitstellen)" E),
    CONDUCT("siento|sol\xc3\xa9|dispiace|desculpe|sinto muito",
            "(?i)" B "(?:lo siento|je suis d\xc3\xa9sol\xc3\xa9" L "|d\xc3\xa9sol\xc3\xa9" L
            "|mi dispiace|"
            "desculpe|sinto muito)" ANY(
                40) "(?:no puedo|ne peux pas|non posso|n\xc3\xa3o posso)" E),
};
const size_t signal__wording_count = COUNT(signal__wording);
