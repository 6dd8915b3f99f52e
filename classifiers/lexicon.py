"""The degraded mode: word stems and a few rules, weaker than a trained model, and saying so in its id."""

import re
from collections.abc import Sequence

from classifiers.normalise import normalise
from domain.verdicts import Appeal, Sentiment, Text, Verdict

_NEGATIVE = re.compile(
    r"\b(?:ужас|кошмар|отврат|плох|хуж|худш|гадост|гряз|хам|груб|обман|мошенн|развод|вор(?:ы|ье|уют)|"
    r"позор|бардак|безобраз|наглост|наглы|разочаров|недовол|жалоб|жалу|претензи|сломал|сломан|поломк|"
    r"слома|глючит|глюк|лага|вылета|виснет|зависа|тормоз|брак\b|бракован|просроч|испорч|тухл|потеря|"
    r"задерж|опозда|опазд|игнор|отписк|навяз|списал|дерут|ненавижу|бесит|достал|надоел|устал|хрен|говн|"
    r"дерьм|сук[аи]|бля|пизд|нахуй|хуйн|мраз|твар|идиот|дебил|грустн|печаль|обидн|больно|плачу|"
    r"невозможно|никто не|никак не|не могу|не работа|не приш|не приход|не привез|не ответ|не отвеча|"
    r"не открыва|не груз|не загруж|не верн|не возвра|не дозвон|не соответ|не рекоменд|не совет|"
    r"не понрав|не дожда|отказ|отвалива|пропал|исчез|впустую|зря)"
)
_POSITIVE = re.compile(
    r"\b(?:отличн|прекрасн|замечат|супер|класс|крут|топ\b|хорош|лучш|спасибо|благодар|рекоменд|довол|"
    r"понрав|люблю|обожаю|вкусн|быстр|удобн|вежлив|приятн|молодц|красив|рад\b|рада\b|ура\b|счаст|браво|"
    r"респект|восторг|💪|❤|😍|👍|🔥|🥰)"
)
_NEGATED_POSITIVE = re.compile(
    r"\bне(?: очень| особо| самый| так)? (?:\w*?)(?:хорош|рекоменд|довол|понрав|люблю|удобн|вкусн)"
)
#: Words of somebody who deals with a company as its client.
_CLIENT = re.compile(
    r"\b(?:банк|карт[аыуе]\b|счет|кредит|ипотек|перевод|деньг|денег|возврат|заказ|доставк|курьер|товар|"
    r"магазин|пвз|посылк|приложен|обновлен|личн\w+ кабинет|лк\b|поддержк|оператор|менеджер|сотрудник|"
    r"обслуживан|сервис|услуг|абонент|интернет|связ[ьи]|тариф|симк|билет|рейс|поезд|такси|водител|"
    r"гостиниц|отел|номер|ресторан|кафе|официант|врач|клиник|запис|очеред|ремонт|мастер|гарант|качеств|"
    r"чек\b|оплат|подписк|страхов|полис|аптек|салон|отделени|заявк|обращен|горяч\w+ лини|чат\w*|сайт|"
    r"кабинет|вы |вас|вам|ваш|почему|когда)"
)
_QUESTION = re.compile(
    r"\?|\b(?:подскажите|скажите|как |где |сколько|можно ли|есть ли|до скольки|когда|какой|какая|"
    r"какие)\b"
)
_SUGGESTION = re.compile(
    r"\b(?:добавьте|сделайте|верните (?:старый|старую|кнопк)|предлагаю|было бы|хотелось бы|хорошо бы|"
    r"неплохо бы|введите|пожелани|предложени)"
)


class Lexicon:
    """A classifier without weights: the first rule that fits counts. Its scores are no probabilities."""

    model_id = "lexicon-1"

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        return [self._verdict(normalise(item.text)) for item in texts]

    def _verdict(self, text: str) -> Verdict:
        bad = len(_NEGATIVE.findall(text)) + len(_NEGATED_POSITIVE.findall(text))
        good = len(_POSITIVE.findall(text)) - len(_NEGATED_POSITIVE.findall(text))
        sentiment = _sentiment(bad, good)
        appeal = _appeal(text, sentiment)
        return Verdict(
            sentiment=sentiment,
            appeal=appeal,
            model_id=self.model_id,
            sentiment_scores=_scores(Sentiment, sentiment),
            appeal_scores=_scores(Appeal, appeal),
        )


def _sentiment(bad: int, good: int) -> Sentiment:
    if bad and bad >= good:
        return Sentiment.NEGATIVE
    return Sentiment.POSITIVE if good > 0 else Sentiment.NEUTRAL


def _appeal(text: str, sentiment: Sentiment) -> Appeal:
    if sentiment is Sentiment.NEGATIVE and _CLIENT.search(text):
        return Appeal.COMPLAINT
    if _SUGGESTION.search(text):
        return Appeal.SUGGESTION
    if sentiment is Sentiment.POSITIVE and "?" not in text:
        return Appeal.PRAISE if _CLIENT.search(text) or "спасибо" in text else Appeal.NONE
    if _QUESTION.search(text) and ("?" in text or _CLIENT.search(text)):
        return Appeal.QUESTION
    return Appeal.NONE


def _scores(labels: type[Sentiment] | type[Appeal], chosen: str) -> dict[str, float]:
    """A rule knows no degrees: .6 for the label it chose, the rest shared evenly."""
    names = [label.value for label in labels]
    return {name: 0.6 if name == chosen else 0.4 / (len(names) - 1) for name in names}
