"""Saint Lucia's public holidays, as the `holidays` package knows them: proposals, never facts."""

from datetime import date

from campaign.models import Closure


def not_yet_closed(today: date) -> list[tuple[date, str]]:
    """From today to the end of next year: each holiday on which the office would be open."""
    import holidays  # some megabytes: only a desk that looks at this screen pays for them

    known = holidays.country_holidays("LC", years=(today.year, today.year + 1), language="en_LC")
    closed = list(Closure.objects.filter(last_day__gte=today))
    return [
        (day, known[day])
        for day in sorted(known)
        if day >= today and not any(one.first_day <= day <= one.last_day for one in closed)
    ]
