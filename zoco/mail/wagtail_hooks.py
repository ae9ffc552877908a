"""What Wagtail's admin is told of mail: letters, sendings, journeys, in the menu of what retains."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.mail.drawing import acting, screens, standing, steps
from zoco.mail.drawing.opening import SEE
from zoco.mail.editing.screens import opening as letters
from zoco.mail.editing.screens.addresses import letter_paths
from zoco.mail.inbox import replies
from zoco.mail.inbox import screens as mailboxes
from zoco.mail.sending.screens import frame, growing, listing, mapping, reporting, starting, writing
from zoco.people.opening import sees_people

MAP = "sendings/map/<str:kind>/<int:key>/<str:language>"


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def journey_urls() -> list[URLPattern]:
    """Return the addresses of journeys."""
    return [
        path("journeys/", screens.listing, name="zoco_journeys"),
        path("journeys/new/", screens.new, name="zoco_journey_new"),
        path("journeys/<int:pk>/", screens.one, name="zoco_journey"),
        path("journeys/<int:pk>/act/", acting.act, name="zoco_journey_act"),
        path("journeys/<int:pk>/publish/", acting.publish, name="zoco_journey_publish"),
        path("journeys/<int:pk>/settings/", steps.settings, name="zoco_journey_settings"),
        path("journeys/<int:pk>/steps/add/", steps.add, name="zoco_journey_add"),
        path("journeys/<int:pk>/steps/<str:name>/", steps.step, name="zoco_journey_step"),
        path("journeys/<int:pk>/steps/<str:name>/people/", standing.standing, name="zoco_journey_standing"),
    ]


@hooks.register("register_retain_menu_item")  # type: ignore[untyped-decorator]
def journeys_entry() -> MenuItem:
    """Show journeys to whoever sees all sites."""
    return RightItem(
        SEE, _("Journeys"), reverse_lazy("zoco_journeys"),
        name="zoco_journeys", icon_name="resubmit", order=120,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def letter_urls() -> list[URLPattern]:
    """Return the addresses of letters."""
    return letter_paths()


@hooks.register("register_retain_menu_item")  # type: ignore[untyped-decorator]
def letters_entry() -> MenuItem:
    """Show letters to whoever sees all sites."""
    return RightItem(
        letters.SEE, _("Letters"), reverse_lazy("zoco_letters"),
        name="zoco_letters", icon_name="mail", order=110,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def sending_urls() -> list[URLPattern]:
    """Return the addresses of sendings."""
    return [
        path("sendings/", listing.listing, name="zoco_sendings"),
        path("sendings/new/", writing.new, name="zoco_sending_new"),
        path("sendings/report/", reporting.of_all, name="zoco_letters_report"),
        path("sendings/lists/", growing.growth, name="zoco_list_growth"),
        path("sendings/held/<str:kind>/<int:key>.csv", reporting.held_csv, name="zoco_letters_held"),
        path("sendings/<int:pk>/", listing.one, name="zoco_sending"),
        path("sendings/<int:pk>/report/", reporting.of_sending, name="zoco_sending_report"),
        path("sendings/<int:pk>/sheet/<str:language>/", mapping.sent_sheet, name="zoco_sending_sheet"),
        path("letters/<int:pk>/report/", reporting.of_letter, name="zoco_letter_report"),
        path(f"{MAP}/", mapping.clicks, name="zoco_letter_map"),
        path(f"{MAP}/sheet/", mapping.clicks_sheet, name="zoco_letter_map_sheet"),
        path("sendings/<int:pk>/edit/", writing.edit, name="zoco_sending_edit"),
        path("sendings/<int:pk>/test/", writing.test, name="zoco_sending_test"),
        path("sendings/<int:pk>/start/", starting.start, name="zoco_sending_start"),
        path("sendings/<int:pk>/act/", starting.act, name="zoco_sending_act"),
    ]


@hooks.register("register_retain_menu_item")  # type: ignore[untyped-decorator]
def sendings_entry() -> MenuItem:
    """Show sendings to whoever sees all sites."""
    return RightItem(
        frame.SEE, _("Sendings"), reverse_lazy("zoco_sendings"),
        name="zoco_sendings", icon_name="mail", order=115,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def mailbox_urls() -> list[URLPattern]:
    """Return the addresses of mailboxes."""
    return [
        path("replies/", replies.replies, name="zoco_replies"),
        path("mailboxes/", mailboxes.mailboxes, name="zoco_mailboxes"),
        path("mailboxes/new/", mailboxes.new, name="zoco_mailbox_new"),
        path("mailboxes/<int:pk>/", mailboxes.one, name="zoco_mailbox"),
        path("mailboxes/<int:pk>/edit/", mailboxes.edit, name="zoco_mailbox_edit"),
        path("mailboxes/<int:pk>/act/", mailboxes.act, name="zoco_mailbox_act"),
    ]


@hooks.register("register_retain_menu_item")  # type: ignore[untyped-decorator]
def replies_entry() -> MenuItem:
    """Show what people wrote to whoever sees all sites."""
    return RightItem(
        replies.SEE, _("Replies"), reverse_lazy("zoco_replies"),
        name="zoco_replies", icon_name="comment", order=117,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def mailboxes_entry() -> MenuItem:
    """Show mailboxes to whoever sees all sites."""
    return RightItem(
        mailboxes.SEE, _("Mailboxes"), reverse_lazy("zoco_mailboxes"),
        name="zoco_mailboxes", icon_name="mail", order=612,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def mail_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_mail")
