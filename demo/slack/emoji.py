"""The emoji that an alert is likely to use, by Slack's names; others stay as `:name:`."""

EMOJI = {
    "alarm_clock": "⏰", "arrow_down": "⬇️", "arrow_right": "➡️", "arrow_up": "⬆️",
    "arrows_counterclockwise": "🔄", "ballot_box_with_check": "☑️", "bar_chart": "📊",
    "bell": "🔔", "bookmark": "🔖", "bug": "🐛", "bulb": "💡", "busts_in_silhouette": "👥",
    "calendar": "📆", "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈",
    "clipboard": "📋", "clock1": "🕐", "construction": "🚧", "email": "📧", "exclamation": "❗",
    "eyes": "👀", "fire": "🔥", "gear": "⚙️", "green_heart": "💚", "grey_question": "❔",
    "hammer_and_wrench": "🛠️", "handshake": "🤝", "heavy_check_mark": "✔️",
    "heavy_plus_sign": "➕", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "inbox_tray": "📥", "information_source": "ℹ️", "large_blue_circle": "🔵",
    "large_green_circle": "🟢", "large_orange_circle": "🟠", "large_yellow_circle": "🟡",
    "link": "🔗", "lock": "🔒", "mag": "🔍", "mailbox": "📫", "mega": "📣", "memo": "📝",
    "mute": "🔇", "new": "🆕", "no_bell": "🔕", "no_entry": "⛔", "no_entry_sign": "🚫",
    "ok": "🆗", "ok_hand": "👌", "octagonal_sign": "🛑", "package": "📦", "phone": "☎️",
    "point_right": "👉", "pray": "🙏", "pushpin": "📌", "question": "❓", "raised_hand": "✋",
    "raising_hand": "🙋", "red_circle": "🔴", "repeat": "🔁", "robot_face": "🤖",
    "rotating_light": "🚨", "satellite_antenna": "📡", "shield": "🛡️", "smile": "😄",
    "snowflake": "❄️", "sos": "🆘", "sparkles": "✨", "speech_balloon": "💬", "star": "⭐",
    "stopwatch": "⏱️", "tada": "🎉", "ticket": "🎫", "thumbsdown": "👎", "thumbsup": "👍",
    "+1": "👍", "-1": "👎", "timer_clock": "⏲️", "warning": "⚠️", "wave": "👋",
    "white_check_mark": "✅", "white_circle": "⚪", "x": "❌", "zap": "⚡", "zzz": "💤",
}  # fmt: skip


def emoji(name: str) -> str:
    return EMOJI.get(name, f":{name}:")
