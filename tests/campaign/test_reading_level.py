"""Whether somebody of twelve can read the pages."""

from bench import reading_level


def test_every_page_but_the_law_reads_at_grade_seven_or_below():
    grades = reading_level.grades()
    assert len(grades) > 25
    hard = {page: grade for page, grade in grades.items() if grade > reading_level.BAR}
    assert set(hard) <= set(reading_level.NO_BAR), hard


def test_harder_words_raise_the_grade():
    easy = "You can call us. We listen."
    hard = (
        "Notwithstanding the aforementioned considerations, complainants must necessarily "
        "substantiate allegations with corroborating documentation."
    )
    flesch = reading_level.textstat.flesch_kincaid_grade
    assert flesch(reading_level.spoken(easy)) < 4 < 12 < flesch(reading_level.spoken(hard))
