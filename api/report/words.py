"""The words of the monthly report."""

from collections.abc import Mapping

from api.language import mark
from patrol.report.figures import Looked
from patrol.report.response import Moment

LOOKED_WORDS: Mapping[Looked, str] = {
    Looked.NOT_SURVEYED: mark("Not surveyed"),
    Looked.NONE_SEEN: mark("Surveyed, none seen"),
    Looked.SEEN: mark("Dugongs seen"),
}

MOMENT_WORDS: Mapping[Moment, str] = {
    Moment.TAKEN: mark("Picture taken"),
    Moment.ALERTED: mark("Alert"),
    Moment.DECIDED: mark("Officer's decision"),
    Moment.RESPONDED: mark("Response"),
    Moment.RESOLVED: mark("Settled"),
}

TITLE = mark("Monthly report, %(month)s")
SO_FAR = mark("The month is not over: figures through %(day)s.")
RENDERED = mark("RENDERED: pictures made by a computer with known truth, no field data")

IN_SHORT = mark("In short")
FLIGHTS = mark("Flights")
DAYS_FLOWN = mark("Days flown")
KM_FLOWN = mark("Kilometres flown")
HOURS = mark("Hours in the air")
SEEN_KM2 = mark("Sea seen, km²")
USABLE_KM2 = mark("Sea looked at, km²")
DISTINCT_KM2 = mark("Different sea looked at, km²")
EFFECTIVE_KM2 = mark("Weighed by picture quality, km²")
DUGONGS = mark("Dugong sightings")
UNREVIEWED = mark("Of these not reviewed yet")
VIOLATIONS = mark("Boats and gear to act on")
IN_DOUBT = mark("Of these in doubt, and not confirmed by an officer")
SLOW_SHARE = mark("Share of slow boats")
ASHORE = mark("Finds on dry land, dropped")
SEA_STATES = mark("Flights by the state of the sea (Douglas scale), as recorded")
NOT_RECORDED = mark("not recorded")
UNKNOWN_EFFORT = mark("Flights without a record of effort")

EFFORT = mark("Where the sea was looked at")
EFFORT_NOTE = mark(
    "A zone counts as surveyed on a day when one flight looked at %(share)s of its sea. That none "
    "was seen is said of surveyed zones only, and a dugong may still be under murky water."
)
MAPS = mark("Maps of what was looked at")
SHADES = mark(
    "Shaded: sea looked at in usable pictures on one day, on two or three days, and, darkest, on "
    "four days or more. The red line is the zone; north is up. No animal's place is shown."
)
MAP_CAPTION = mark("%(looked)s of %(sea)s km² looked at (%(share)s)")
WHISKERS = mark("Thin line: range that holds the true value with 95 % confidence")
ZONE = mark("Zone")
COVERED = mark("Share of the zone looked at")
SURVEY_DAYS = mark("Days surveyed")
REVISIT = mark("Median days between surveys")
GAP = mark("Longest gap, days")

DUGONG_TITLE = mark("Dugongs")
PER_KM2 = mark("Per km² looked at")
STATUS = mark("What was found")
DAYS_RAISED = mark("Days raised")
DUGONG_NOTE = mark(
    "An animal seen on two flights counts twice: this is a rate, not a number of animals."
)
VIOLATION_TITLE = mark("Boats and gear")
RULE = mark("Rule")
COUNT = mark("Count")
VIOLATION_NOTE = mark(
    "What officers dismissed or took back is left out. Zones marked as proposals are not law."
)
SPEED_TITLE = mark("Boats in go-slow zones")
BOATS = mark("Boats")
SLOW = mark("Slow")
FAST = mark("Fast")
STILL = mark("Lying still")
CANNOT_TELL = mark("Cannot tell")
SPEED_NOTE = mark(
    "Slow and fast are said where the measured speed, with its 95 % error, lies on one side of the "
    "speed that the zone advises. A boat lies still where its speed cannot be told from none. Of "
    "all other boats, and in zones without such a figure, it cannot be told: such a boat opens no "
    "alert and is counted here alone. The share is of the boats under way of which it can be told. "
    "What officers dismissed is left out."
)
ADVICE = mark("Held against %(knots)s knots in %(zones)s. Source: %(source)s")
RESPONSE_TITLE = mark("From picture to response")
SINCE = mark("From")
UNTIL = mark("To")
INCIDENTS = mark("Incidents")
MEDIAN = mark("In the middle")
LONGEST = mark("Longest")
COST_TITLE = mark("Cost")
COST_NOTE = mark(
    "Figures of cost come from the site's file with their source. What is not set there is not "
    "guessed here."
)
DRONE_HOUR_BAHT = mark("Baht for an hour of a drone")
BOAT_HOUR_BAHT = mark("Baht for an hour of a patrol boat")
BOAT_KM2_PER_HOUR = mark("km² a boat searches in an hour")
NOT_SET = mark("not set")
DRONE_BAHT = mark("Drone patrols, baht")
DRONE_BAHT_PER_KM2 = mark("Baht per km² looked at")
BOAT_BAHT = mark("Boat search of the same sea, baht")
BOAT_HOURS = mark("Hours a boat would have needed")
HOURS_SAVED = mark("Hours saved")
BAHT_SAVED = mark("Baht saved")
PER_KM2_UNIT = mark("per km² looked at")
DUGONGS_PER_KM2 = mark("Dugong sightings per km²")
VIOLATIONS_PER_KM2 = mark("Boats and gear per km²")
YEAR_TITLE = mark("The year so far")
YEARS_TITLE = mark("The same month of other years")
MONTH = mark("Month")
READING_TITLE = mark("How to read this")
READING = mark(
    "In brackets stands the range that holds the true value with 95 % confidence (Poisson counts "
    "after Garwood, shares after Clopper and Pearson). Areas are of sea without land, each place "
    "once a flight. No place of an animal is in this report."
)
ALL_ZONES = mark("All zones")
