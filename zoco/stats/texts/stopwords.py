"""Words that tell nothing of what a text is about. Kept here: lists elsewhere are ten times as long."""

_ENGLISH = """
a about after again all also am an and any are as at be because been before being but by can could did do
does doing don down for from get got had has have having he her here him his how i if in into is isn it its
just like make me more most much my no not now of on once only or other our out over own please really same
she should so some still such than that the their them then there these they thing things this those through
to too up us very was wasn we were what when where which while who why will with would you your doesn didn
lot always never every nothing everything something anything
"""
_SPANISH = """
a al algo ante antes así aun aunque bien cada casi como con contra cual cuando da de del desde donde dos e
el él ella ellas ellos en entre era es esa ese eso esta estaba está están este esto estos fue ha hace hacer
hacia han hasta hay he la las le les lo los más me mi mis mucho muy nada ni no nos nosotros nuestra nuestro
o os otra otro para pero poco por porque pues que qué quien se sea ser si sí sido sin sobre son su sus
también tan tanto te tener tiene tienen todo todos tu tus un una uno unos usted va y ya yo siempre nunca
"""
_RUSSIAN = """
а без бы был была были было быть в вам вас весь во вот все всё всегда вы где да даже для до его ее её если
есть еще ещё же за здесь и из или им их к как какой когда кто ли либо мне много может можно мой мы на надо
нам нас наш не нет ни никогда но ну о об однако он она они оно от очень по под после потому при про раз с
сам свой себя сейчас со так также такой там то тоже того той только том ту ты у уже хотя чего чем что чтобы
чье эта эти это этого этой этот я просто более
"""
WORDS = frozenset(" ".join((_ENGLISH, _SPANISH, _RUSSIAN)).split())
SIGNS = frozenset(
    "的了是我你他她它们在有和就不都很也会这那要太说对吧啊呢吗把被给让跟与及或但而所因为如果还可没能去来一个些什么怎请从后向得着过您"
)
"""Chinese signs that do no more than join: a pair with one of them is no term."""
