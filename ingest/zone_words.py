"""In: nothing. Out: the wordings, by language, with which mail programs and writers frame what is not their own words.

Only wordings and shapes stand here; what they mean for a body is decided by the modules that match them. Every pattern
takes linear time on a line of bounded length.
"""

from __future__ import annotations

import re


def _any(*words: str) -> str:
    return "|".join(words)


_WROTE = _any(
    r"wrote|writes|said|says|wrot",
    r"schrieb|schreibt|geschrieben",
    r"a écrit|a ecrit|écrit|écrivait",
    r"escribió|escribio|escreveu|ha scritto|scrisse",
    r"schreef|skrev|kirjoitti|napsala?(?:\(a\))?|píše|napisał(?:\(a\)|a)?|pisze|a scris",
    r"написал\(?а?\)?|писал\(?а?\)?|пишет|пише|έγραψε|yazdı|írta",
    r"写道|寫道|写到|のメール|さんは書きました|さんが書きました|書きました|님이 작성",
)
ACT = re.compile(rf"(?:\b|(?<=[\u4e00-\u9fff\d]))(?:{_WROTE})", re.IGNORECASE)
"""A word for writing."""
ACT_LAST = re.compile(rf"(?:{_WROTE})(?:\s*[(\[].{{0,80}}[)\]])?(?:\s*\.{{2,3}})?\s*[:：]\s*$", re.IGNORECASE)
"""A word for writing, then a colon and the line's end."""

NAMED_ACT = re.compile(
    r"(?!(?:The|This|That|These|It|He|She|They|We|You|As|And|But|Also|So|What|Which|Somebody|Someone|Here|If|When)\b)"
    rf"(?:you|[^\W\d_a-z][\w.'-]{{0,30}}(?:,? [^\W\d_a-z][\w.'-]{{0,30}}){{0,4}}) (?:{_WROTE})\s*[:：]\s*$"
)
"""A name and a word for writing, no more."""
NAMED_ACT_JOINED = re.compile(
    r"\S{1,40}(?: \S{1,30}){0,3} ?(?:さんは書きました|さんが書きました|写道|寫道)\s*[:：]\s*$"
)
"""The same where a language puts no blank between them."""

_MONTH = _any(
    r"jan|feb|m[aä]r|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|ott|out|nov|de[czs]|dic|gen|mag|giu|lug|fev",
    r"févr?|avr|juin|juil|août|déc|ene|abr|ago|set",
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек",
)
DATE = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d{1,2}[hH]\d{2}\b|\b\d{4}\s?[-/.]\s?\d{1,2}[-/.]|\d{4}\s?[年년]"
    r"|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b\d{1,2}/\d{1,2}\b"
    rf"|\b\d{{1,2}}\.? (?:de )?(?:{_MONTH})|\b(?:{_MONTH})[a-zà-ÿ]{{0,7}}\.? \d{{1,2}}\b",
    re.IGNORECASE,
)
"""A date or a time of day."""
ADDRESS = re.compile(r"[\w.+=-](?:@| at |\(at\)|\.\.\.)[.-]{0,80}+[\w>]")

_WEEKDAY = _any(
    "mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|seg|ter|qua|qui|sex",
    "mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс",
)
OPENER = re.compile(
    _any(
        rf"\s*(?:On\b|At (?:\d|(?:{_WEEKDAY})[a-z]{{0,6}},)|In (?:message|article)|Am\b|Le\b|El\b|Em\b|Il\b|Op\b|Den\b",
        r"På\b|W dniu|Dnia|Dne|В (?:письме|сообщении)|Quoting",
        r"Excerpts from|Zitat von|Citat|Citando|\(?\d{4}\s?[-/.年]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}",
        r"\d{1,2}\.? \w{3,9}\.? \d{4}|在|于",
        rf"(?:{_WEEKDAY})[a-z]{{0,6}}\.?,? .{{0,4}}\d|\* [A-Z]|From: .{{1,80}}@)",
    ),
    re.IGNORECASE,
)
"""How a mail program's line about whose words follow begins."""
STAR_NAME = re.compile(r"\* [^\W\d_][\w.'-]*(?: [\w.'<>@-]+){0,5}\s*:\s*$")
"""`* A Name:`, as some Emacs users introduce a quotation."""

_COPIES = _any(
    r"original(?: (?:message|nachricht|appointment))?|ursprüngliche nachricht|weitergeleitete nachricht",
    r"message d'origine|message transféré|mensaje original|mensagem original|messaggio originale",
    r"oorspronkelijk bericht|forwarded (?:message|mail)|reply to message|begin forwarded message",
    r"mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|doorgestuurd bericht",
    r"ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti",
    r"wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)",
    r"исходное сообщение|пересылаемое сообщение",
    r"原始邮件|原始郵件|邮件原件|转发邮件|轉寄郵件|원본 메시지|元のメッセージ",
)
COPY_MARK = re.compile(
    rf"\s*-{{2,}}\s*(?:{_COPIES})[^-]{{0,60}}-{{2,}}\s*$|\s*_{{20,}}\s*$|\s*Begin forwarded message:\s*$"
    r"|\s*-{3,}\s*(?:Forwarded by .{1,100}|Replied message|On .{1,150} wrote)\s*-{3,}",
    re.IGNORECASE,
)
"""The line above an unmarked copy of an earlier mail."""


def _field(*names: str) -> re.Pattern[str]:
    return re.compile(rf"\s*+[*|]{{0,2}}+\s*+(?:{_any(*names)})\s?+\*?+\s*+[:：]")


COPY_FROM = _field("From|Von|De|Da|Van|Från|Fra|Od|От|Lähettäjä", "发件人|寄件者|差出人|보낸 ?사람")
COPY_SENT = _field(
    "Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el| em)?|Enviada em|Inviato|Data|Verzonden|Skickat|Sent Date",
    "Sendt|Dato|Wysłano|Wysłane|Odesláno|Отправлено|Дата|Lähetetty|Päivämäärä",
    "发送时间|日期|寄件日期|送信日時|보낸 ?날짜",
)
COPY_TO = _field(
    "To|An|À|Para|A|Aan|Till|Til|Cc|CC|Kopie|Kopia|Kopi|Copia|Do|DW|Komu|Кому|Копия|Vastaanottaja",
    "收件人|收件者|宛先|抄送|받는 ?사람",
)
COPY_SUBJECT = _field(
    "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Temat|Předmět|Тема|Aihe", "主题|主旨|件名|제목"
)

_CLOSINGS = _any(
    "thanks|thank you|thx|tia|regards|rgds|cheers|br|best|sincerely|yours|greetings|ciao|hth|bye",
    "mfg|gruß|gruss|grüße|viele grüße|cordialement|saludos|met vriendelijke groet",
)
CLOSING = re.compile(
    rf"\s*(?:many |best |kind |warm |with |all the )*(?:{_CLOSINGS})"
    r"(?:,? (?:again|a lot|in advance|so much|very much|regards|wishes|for [^.?!]{1,60}))?(?: and (?:best )?regards)?"
    r"\s*+[,.!;:)-]{0,4}+\s*+$",
    re.IGNORECASE,
)
"""A closing phrase alone on its line."""
CLOSING_NAME = re.compile(
    r"\s*(?:thanks|thank you|cheers|best|regards)[,.!] [A-Z][\w.'-]{1,20}\s*+[.!]?+\s*+$", re.IGNORECASE
)
"""A closing phrase and a name on one line."""
FOOTER = re.compile(
    r"_{30,}\s*$|(?:To unsubscribe from this (?:list|group)|Mailing list info|You received this message because)\b"
)
"""The first line of what a mailing list puts under a mail."""
