"""The demonstration's workspace: Romashka Bank's people and channels."""

from .records import Channel, Member, SlackApp

ANNA, BORIS, VERA, GLEB = "U0ANNA0001", "U0BORIS001", "U0VERA0001", "U0GLEB0001"
CAST = {"Анна": ANNA, "Борис": BORIS, "Вера": VERA}

SMM, SUPPORT, LEADERS = "C0SMM00001", "C0SUPPORT", "C0LEADERS"
GENERAL, OLD = "C0GENERAL", "C0ARCHIVE"


def demo_app() -> SlackApp:
    return SlackApp()


def demo_members() -> dict[str, Member]:
    people = [
        Member(ANNA, "Анна", "поддержка", email="anna@romashka.example"),
        Member(BORIS, "Борис", "поддержка", email="boris@romashka.example"),
        Member(VERA, "Вера", "руководитель", email="vera@romashka.example"),
        Member(GLEB, "Глеб", "соседний отдел", email="gleb@romashka.example"),
        Member(SlackApp.bot_user_id, "Отклик", is_bot=True),
    ]
    return {person.id: person for person in people}


def demo_channels() -> dict[str, Channel]:
    """Three where the bot is a member, one where it is not, one archived."""
    bot = SlackApp.bot_user_id
    channels = [
        Channel(SMM, "отклики-смм", "Новые жалобы: берём, отвечаем, закрываем", {ANNA, BORIS, VERA, bot}),
        Channel(SUPPORT, "поддержка", "Очередь и сроки", {ANNA, BORIS, VERA, bot}),
        Channel(LEADERS, "руководство", "Повторяющиеся проблемы и сводки", {VERA, bot}),
        Channel(GENERAL, "общий", "Для всех", {ANNA, BORIS, VERA, GLEB}),
        Channel(OLD, "архив-2023", "Закрытый канал", {ANNA, bot}, is_archived=True),
    ]
    return {channel.id: channel for channel in channels}
