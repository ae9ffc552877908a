"""What files of people tell of messages that other programs sent: which facts of ours they become."""

from zoco.channels.facts import BOUNCED, COMPLAINED, SENT, UNSUBSCRIBED
from zoco.people.importing.past.deeds import DEEDS, Deed

DEEDS.add(Deed("sent", SENT, "server", frozenset({
    "send", "sends", "email.sent", "delivered", "delivery", "recipient", "enviado", "enviada", "entregado",
    "отправлено", "доставлено", "已发送", "已送达",
})))  # fmt: skip
DEEDS.add(Deed("bounced", BOUNCED, "server", frozenset({
    "bounce", "bounces", "hard bounce", "soft bounce", "hard bounced", "soft bounced", "email.failed",
    "failed", "rebotado", "rebote", "не доставлено", "退信",
})))  # fmt: skip
DEEDS.add(Deed("complained", COMPLAINED, "server", frozenset({
    "complaint", "complaints", "complain", "abuse", "abuse report", "spam", "spam report", "marked as spam",
    "queja", "жалоба", "投诉",
})))  # fmt: skip
DEEDS.add(Deed("unsubscribed", UNSUBSCRIBED, "human", frozenset({
    "unsub", "unsubs", "unsubscribe", "unsubscribes", "baja", "отписка", "отписался", "退订",
})))  # fmt: skip
