"""Studies: done in the background, stopped, killed, kept; and the people in them gone."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from zoco.kit import holding
from zoco.kit.periods import micros
from zoco.kit.runs import RunStopped
from zoco.ledger.erasing import ERASERS
from zoco.ledger.store.base import Erasure, QueryFailed, Store
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.rules import rules_read
from zoco.people.giving.person import rows_held
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.research import studies
from zoco.research.models import Outcome, Study
from zoco.research.studies import RUNS, StudyWrong, study_begin
from zoco.research.tests.crowd import NOW, PEOPLE
from zoco.research.working import study_through
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site
from zoco.sites.runs import UNANSWERED

pytestmark = pytest.mark.django_db


def begun(site: Site, kind: str = "value", **wanted: object) -> Study:
    return study_begin(site=site.pk, kind=kind, wanted=wanted, by=None, at=NOW)


def done(site: Site, store: Store, kind: str = "value", **wanted: object) -> Study:
    study = study_through(key=begun(site, kind, **wanted).pk, store=store)
    assert study is not None
    return study


def found(store: Store, here: Site, **rule: object) -> set[int]:
    node = rules_read({"version": 1, "rules": {"all": [{"leaf": "value", "site": here.pk} | rule]}})
    return set(people_of(node, Asked(now=NOW, store=store)))


def test_study_finds_everybody_who_bought_and_is_asked_by_a_rule(shop: Store, site: Site) -> None:
    study = done(site, shop)

    assert (study.state, study.said) == ("done", "")
    assert study.found["basis"]["people"] == Outcome.objects.filter(study=study).count() == PEOPLE
    assert study.done == study.total
    surely = found(shop, site, what="alive", how="least", number=80)
    hardly = found(shop, site, what="alive", how="most", number=79.99)
    assert len(surely) + len(hardly) == PEOPLE
    rich = Outcome.objects.filter(study=study, value__gte=100).values_list("person", flat=True)
    assert found(shop, site, what="value", how="least", number=100) == set(rich)


def test_a_second_study_takes_the_place_of_what_the_first_found(shop: Store, site: Site) -> None:
    first = done(site, shop, model="mbg")

    second = done(site, shop, model="mbg")

    assert first.found == second.found, "the same facts give the same figures"
    assert set(Outcome.objects.values_list("study", flat=True)) == {second.pk}


def test_two_at_once_are_refused(site: Site) -> None:
    begun(site)

    with pytest.raises(StudyWrong, match="under way"):
        begun(site)
    begun(site, "personas")


def test_one_that_is_stopped_keeps_nothing(shop: Store, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = begun(site)
    RUNS.stop(waiting)
    assert study_through(key=waiting.pk, store=shop).state == "stopped"  # type: ignore[union-attr]

    study = begun(site)
    keep = studies._batch_keep

    def stop(batch: list[Outcome]) -> None:
        keep(batch)
        Study.objects.filter(pk=study.pk, state="running").update(is_to_stop=True)
        raise RunStopped

    monkeypatch.setattr(studies, "_batch_keep", stop)
    ended = study_through(key=study.pk, store=shop)

    assert ended is not None
    assert ended.state == "stopped"
    assert not Outcome.objects.exists()


def test_one_that_was_killed_begins_anew(shop: Store, site: Site, crowd: list[Person]) -> None:
    study = begun(site)
    Study.objects.filter(pk=study.pk).update(state="running", done=4)
    Outcome.objects.create(study=study, person=crowd[0], value=1.0)

    ended = study_through(key=study.pk, store=shop)

    assert ended is not None
    assert ended.state == "done"
    assert Outcome.objects.filter(study=study).count() == PEOPLE


def quiet(study: Study, since: timedelta) -> None:
    Study.objects.filter(pk=study.pk).update(told_at=timezone.now() - since)


@pytest.mark.crash
def test_one_whose_process_was_killed_has_failed_after_a_while(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    study = begun(site)
    Study.objects.filter(pk=study.pk).update(state="running")
    code = (
        "import sys, time; from zoco.kit import holding\n"
        f"with holding.held({RUNS.held_in!r}, {str(study.pk)!r}): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert holding.is_held(RUNS.held_in, str(study.pk))
        quiet(study, timedelta(hours=1))
        assert RUNS.look() == 0, "it lives, however long it says nothing"
        holder.kill()

    quiet(study, timedelta(minutes=9))
    assert RUNS.look() == 0
    quiet(study, timedelta(hours=1))
    assert RUNS.look() == 1
    study.refresh_from_db()
    assert (study.state, study.said) == ("failed", "The process ended.")


def test_what_went_wrong_is_a_sentence(
    store: Store, site: Site, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = done(site, store)
    assert few.state == "failed"
    assert "there are 2 and 0." in few.said % few.places
    unknown = done(site, store, model="<b>")
    assert "There is no model <b>" in unknown.said % unknown.places

    def silent(*_given: object, **_named: object) -> None:
        raise QueryFailed("no")

    monkeypatch.setattr("zoco.research.valuing.working.log_of", silent)
    assert done(site, store).said == UNANSWERED
    with pytest.raises(LeafWrong, match="no study"):
        found(store, site, what="alive", how="least", number=5)


def test_whoever_is_erased_is_out_of_it_and_whoever_asks_is_told(
    shop: Store, site: Site, crowd: list[Person]
) -> None:
    done(site, shop)
    assert rows_held([crowd[0].pk])["zoco_research.Outcome"][0]["person_id"] == crowd[0].pk

    erasure = Erasure(at=micros(timezone.now()), site=0, visitors=(), persons=(crowd[0].number,))
    for work in ("owe", "keep", "erase"):
        for eraser in ERASERS:
            if called := getattr(eraser, work, None):
                called(erasure)

    assert Outcome.objects.count() == PEOPLE - 1


def test_whoever_is_gone_meanwhile_has_no_row(shop: Store, site: Site, crowd: list[Person]) -> None:
    crowd[3].delete()

    done(site, shop)

    assert Outcome.objects.count() == PEOPLE - 1


def test_with_a_sites_facts_go_its_studies(shop: Store, site: Site) -> None:
    done(site, shop)

    studies.site_forget(site.pk, timezone.now())

    assert not Study.objects.exists()


def test_page_begins_shows_and_deletes(shop: Store, site: Site, crowd: list[Person]) -> None:
    owner, analyst, where = client_of("owner"), client_of("analyst"), reverse("zoco_value")
    assert "Begin" in owner.get(where).content.decode()

    assert owner.post(where, {"site": "shop", "model": "mbg"}).status_code == 302
    assert "under way" in owner.post(where, {"site": "shop"}).content.decode()
    study = Study.objects.get()
    assert study.wanted == {"model": "mbg"}
    study_through(key=study.pk, store=shop)
    shown = owner.get(where).content.decode()

    assert "In the second half the model told" in shown
    for key, title in (
        ("holdout", "Repeat purchases, cumulative"),
        ("calibration", "Purchases in the second"),
    ):
        made = texts(whole(owner.get(where, {"picture": key}).content.decode()))
        assert made[0].startswith(title)
        assert any("Batislam" in each for each in made)
    assert shown.count("How is this computed") == 5
    assert "300 known people" in shown
    assert "<svg" in shown
    assert reverse("zoco_person", args=[Outcome.objects.order_by("-value")[0].person_id]) in shown
    panel = owner.get(reverse("zoco_person", args=[crowd[0].pk])).content.decode()
    assert "Money expected in the next 12 months" in panel
    act = reverse("zoco_study_act", args=[study.pk])
    assert analyst.post(act, {"do": "delete"}).status_code == 302
    assert analyst.post(where, {"site": "shop"}).status_code == 302
    assert Study.objects.count() == 1
    assert owner.post(act, {"do": "delete"}).status_code == 302
    assert not Study.objects.exists()


@pytest.mark.parametrize("study", ["0", "x", "9" * 40, "-1", "1e5"])
def test_a_study_that_is_not_there_is_not_found(site: Site, study: str) -> None:
    owner = client_of("owner")

    for name in ("zoco_value",):
        assert owner.get(reverse(name), {"study": study}).status_code == 404
    assert owner.post(reverse("zoco_study_act", args=[77]), {"do": "stop"}).status_code == 404


def test_who_sees_one_site_only_studies_nobody(site: Site) -> None:
    some, study = client_of("marketer"), begun(site)
    sites_seen_set(user=User.objects.get(pk=some.session["_auth_user_id"]), sites=[site])

    assert some.get(reverse("zoco_value")).status_code == 302
    some.post(reverse("zoco_study_act", args=[study.pk]), {"do": "stop"})
    assert Study.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "wrong", [{"what": "x"}, {"number": -1}, {"number": "x"}, {"what": "alive", "number": 101}, {"site": 9}]
)
def test_rule_that_cannot_be_is_refused(site: Site, wrong: dict[str, object]) -> None:
    rule = {"leaf": "value", "site": site.pk, "what": "value", "how": "least", "number": 5} | wrong

    with pytest.raises(ValueError, match=r".+"):
        rules_read({"version": 1, "rules": {"all": [rule]}})
