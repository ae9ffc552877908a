"""What files of people tell of letters that other programs sent: which facts of ours they become."""

from zoco.mail.counting.settling import CLICKED, OPENED
from zoco.people.importing.past.deeds import DEEDS, Deed

DEEDS.add(Deed("opened", OPENED, "human", frozenset({
    "open", "opens", "read", "email.read", "view", "viewed", "abierto", "abierta", "apertura", "открыто",
    "открыл", "прочитано", "打开", "已打开",
})))  # fmt: skip
DEEDS.add(Deed("clicked", CLICKED, "human", frozenset({
    "click", "clicks", "link clicked", "clic", "pulsado", "клик", "переход", "перешёл", "点击", "已点击",
})))  # fmt: skip
