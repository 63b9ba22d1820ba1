import pytest

from campaign.models import Text
from tests.campaign.showing import read
from tests.reading import Reading

pytestmark = pytest.mark.django_db

# Every line that the ministry gave has its place; three were reworded to fit Saint Lucia.
SEED = (
    "Know the Signs… See It, Report It!",
    "See it. Know it. Report it.",
    "Known today as",
    "Modern Day Slavery",
    "Forced Labour | Child Forced Labour",
    "Sex Trafficking | Sexual Exploitation",
    "Call now: 847",
    "Speak to our representatives",
    "Call the hotline for assistance",
    "in office hours, or dial 847",
    "Join our fight against human trafficking",
    "have the will to tell the authorities",
    "Report a tip",
    "take tips about every kind of sex and labour trafficking",
    "the police, the national task force, Home Affairs and social services",
    "Get involved",
    "Identifying types of trafficking",
    "through the Ministry of Home Affairs",
    "Protocol to Prevent, Suppress and Punish Trafficking in Persons",
    "Sen. Hon. Hermangild Francis, then Minister for Home Affairs",
    "January 2019",
    "an ugly truth",
    "I believe those days of denying or thinking we are immune to this crime (human trafficking)"
    " occurring here are long over. I want everyone to sit up and pay attention to this campaign.",
    "Counter-Trafficking Act of 2010",
    "What have we done",
    "a public awareness campaign with a hotline. The number to call today is 847",
    "Special thanks to all stakeholders",
    "established in 1951",
    "the leading inter-governmental organisation in the field of migration",
    "An accountable Ministry exhibiting good governance, thus fostering national security and"
    " public confidence in the administration of legal affairs.",
    "Ministry of Home Affairs, Justice and National Security",
    "1st Floor, Sir Stanislaus James Bldg.",
    "Waterfront, Castries, St. Lucia",
    "police@antitraffickingslu.org",
    "(758) 468-3754",
    "Monday to Friday8:00 am – 4:30 pm",
    "Saturday, SundayClosed",
    "Hotline 847Every day, 24 hours",
)


@pytest.mark.parametrize("line", SEED)
def test_every_line_of_the_ministry_has_its_place(client, line):
    assert line in read(client, "/").text


def test_the_order_of_the_page(client):
    html = client.get("/").content.decode()
    landmarks = [
        'class="bar"',
        'class="head"',
        'class="doors"',
        'class="call"',
        "aka__list",
        'id="signs"',
        'id="work"',
        'class="steps',
        'id="types"',
        'id="law"',
        'id="done"',
        'id="involved"',
        "<h3>IOM</h3>",
        "<h3>Our mission</h3>",
        "<caption>Hours</caption>",
        'class="foot"',
    ]
    places = [html.index(landmark) for landmark in landmarks]
    assert places == sorted(places)


def test_three_doors_stand_first(client):
    page = Reading(client.get("/").content.decode())
    doors = [a.attrib["href"] for a in page.all("a") if "door" in a.attrib.get("class", "").split()]
    assert doors == ["/get-help/", "/report/", "/follow-up/"]


def test_every_type_and_every_trade_has_its_way_on(client):
    page = Reading(client.get("/").content.decode())
    wanted = ("types/forced-labour", "types/organ-removal", "materials/taxi", "materials/employers")
    assert {f"/{path}/" for path in wanted} <= set(page.hrefs())


def test_an_unpublished_block_leaves_a_page_that_still_reads(client):
    Text.objects.exclude(item__slug="home").update(state="draft")
    page = Reading(client.get("/").content.decode())
    assert "See it. Know it. Report it." in page.text


def test_the_tab_names_the_campaign_and_may_be_found(client):
    html = client.get("/").content.decode()
    assert "<title>Human trafficking in Saint Lucia · Know the Signs</title>" in html
    assert "noindex" not in html
