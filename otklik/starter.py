"""The commented `otklik.toml` that `otklik init` writes."""

STARTER = """\
# Отклик: за чем следить, что обещано клиентам и кому сообщать.
# Проверить и применить: otklik apply. Секреты сюда не пишут: их берут из окружения,
#   OTKLIK_VK_TOKEN              сервисный ключ приложения ВКонтакте (или OTKLIK_VK_TOKEN_FILE: файл с ним)
#   OTKLIK_SLACK_TOKEN           xoxb-… бота в вашем Slack
#   OTKLIK_SLACK_SIGNING_SECRET  чтобы кнопкам в Slack можно было верить

[brand]
name = "Ромашка Банк"            # так компанию назовут в сообщениях
# contact = "pr@example.org"     # кому сайты могут написать о наших визитах; без него сайты не читают

# Что обещано: минуты рабочие, по календарю ниже.
[policy]
warn_after_minutes = 30          # предупредить, когда ответа нет полчаса
answer_within_minutes = 60       # срок первого ответа
promise_within_minutes = 540     # «разберёмся» без срока: рабочий день
silent_after_days = 30           # столько без единого слова, и разговор окончен
history_after_hours = 24         # что старше к началу слежения, придёт одной сводкой
remind_after_hours = 24          # как часто напоминать о том, что всё ещё ждёт
pings_an_hour = 20               # больше сообщений в час канал не получит: остальное сводкой
alert_on = ["complaint", "question"]   # жалобы и вопросы; можно оставить только жалобы

jargon = []                      # слова, которых клиент не поймёт: ["эквайринг", "фрод"]

# Когда команда отвечает. Перерыв: два промежутка в день.
[[calendar]]
name = "основной"
zone = "Europe/Moscow"
holidays = true                  # праздники и переносы России
[calendar.hours]
"пн-пт" = ["9:00-18:00"]
# "сб" = ["10:00-14:00", "15:00-17:00"]
[calendar.special]
# "2026-12-31" = ["9:00-15:00"]  # короткий день
# "2026-06-15" = []              # выходной

# Куда приходят сообщения. Без каналов Отклик пишет их в терминал.
# [[channel]]
# name = "smm"
# kind = "slack"
# target = "C0123456789"         # id канала; бота нужно пригласить в канал

# За чем следить.
# [[source]]
# name = "ВКонтакте"
# kind = "vk"
# community = "romashka_bank"    # короткое имя, club123 или число
# staff = ["id12345"]            # кто ещё отвечает от имени компании
# every_minutes = 5
# history_days = 30              # как далеко в прошлое смотреть в первый раз
# channels = ["smm"]             # без этой строки слышат все каналы

# Отзывы банка на banki.ru: код банка из адреса его страницы.
# [[source]]
# name = "Банки.ру"
# kind = "banki"
# company = "romashka"
# every_minutes = 60
# pages = 40                     # сколько страниц читать за раз, не больше

# Отзывы на sravni.ru: номер организации; type: "bank", "insuranceCompany" или "mfo".
# [[source]]
# name = "Сравни"
# kind = "sravni"
# organisation = "5bb4f768245bc22a520a6115"
# type = "bank"

# Любая страница с разметкой отзывов schema.org; next: ссылка на следующую страницу.
# [[source]]
# name = "Отзовик города"
# kind = "page"
# url = "https://example.org/romashka/otzyvy"
# next = "a[rel=next]"
# staff = ["Ромашка Банк"]       # под какими именами отвечает компания

# Ленты новостей и форумов: берутся записи, где названа компания.
# [[source]]
# name = "Форум"
# kind = "rss"
# url = "https://example.org/feed.xml"
# words = ["Ромашка"]            # как ещё зовут компанию, кроме имени из [brand]

# Отзывы о приложении в App Store: число из адреса …/id123456789.
# [[source]]
# name = "App Store"
# kind = "appstore"
# app = "123456789"
# country = "ru"
# proxy = "http://127.0.0.1:3128"  # если сайт виден только через прокси

# Кому отдавать причину.
# [[owner]]
# name = "Мобильное приложение"
# channel = "smm"
"""
