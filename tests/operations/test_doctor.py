"""`./run doctor` beside a site that runs, and beside one that was stopped."""

from slu_antitrafficking.start.options import ROOT
from tests.running import RunningSite


def test_the_whole_screen_of_a_running_site(site: RunningSite) -> None:
    code, said = site.run("doctor")
    assert code == 2, said
    assert "  ok    Public door" in said
    assert "  ok    Photos" in said
    assert "AMBER  Backup" in said
    assert "does not apply: this store is not an installed server's" in said
    name, words = site.first["account"]
    for secret in (name, words, str(ROOT), site.owner_url):
        assert secret not in said
    site.stop()
    code, said = site.run("doctor")
    assert code == 2
    assert "  RED   Public door" in said
    assert "does not answer" in said
