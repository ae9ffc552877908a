"""What the survey of the simulated company asks, in the shop's four languages."""

from zoco.surveys.designs import Brand, Question

KEY = "alacena-voices"
NAME = "Voices (demo data)"
RECOMMEND, SATISFIED, HEARD, KNOWN, BETTER = "q1", "q2", "q3", "q4", "q5"
OPTIONS = {
    "en": ["A friend told me", "Search engine", "Social network", "Letter"],
    "es": ["Me lo dijo un amigo", "Buscador", "Red social", "Carta"],
    "ru": ["Рассказал знакомый", "Поисковая система", "Социальная сеть", "Письмо"],
    "zh-hans": ["朋友告诉我的", "搜索引擎", "社交网络", "信件"],
}
BRANDS = ("La Alacena", "Olivar Sur", "Casa Quesera")
QUESTIONS = (
    Question("", "nps", {
        "en": "How likely is it that you recommend us to a friend?",
        "es": "¿Qué probabilidad hay de que nos recomiende a un amigo?",
        "ru": "Насколько вероятно, что вы порекомендуете нас знакомым?",
        "zh-hans": "您有多大可能把我们推荐给朋友？",
    }, is_needed=True),
    Question("", "csat", {
        "en": "How satisfied are you with your last order?",
        "es": "¿Qué satisfecho está con su último pedido?",
        "ru": "Насколько вы довольны последним заказом?", "zh-hans": "您对最近一次订单有多满意？",
    }),
    Question("", "single", {
        "en": "How did you hear of us?", "es": "¿Cómo supo de nosotros?", "ru": "Как вы о нас узнали?",
        "zh-hans": "您是怎么知道我们的？",
    }, OPTIONS),
    Question("", "unaided", {
        "en": "Which shops for fine food come to mind?",
        "es": "¿Qué tiendas de alimentos selectos le vienen a la mente?",
        "ru": "Какие магазины деликатесов приходят вам на ум?", "zh-hans": "您会想到哪些精品食品店？",
    }, brands=(Brand(BRANDS[0], ("alacena",)), Brand(BRANDS[1]), Brand(BRANDS[2]))),
    Question("", "text", {
        "en": "What shall we do better?", "es": "¿Qué debemos mejorar?", "ru": "Что нам улучшить?",
        "zh-hans": "我们哪里应该改进？",
    }),
)  # fmt: skip
TEXTS = {
    "en": {"heading": "What do you think of La Alacena?", "thanks": "Thank you; we read every answer."},
    "es": {"heading": "¿Qué piensa de La Alacena?", "thanks": "Gracias; leemos todas las respuestas."},
    "ru": {"heading": "Что вы думаете о La Alacena?", "thanks": "Спасибо, мы читаем каждый ответ."},
    "zh-hans": {"heading": "您觉得 La Alacena 怎么样？", "thanks": "谢谢，我们会阅读每一条回答。"},
}
