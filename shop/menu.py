"""The menu of the back office: what staff look for, in the order that a day asks for it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import has_duty
from accounts.roles import Duty

#: What it is called, its icon, its page, and the permission or the duty that opens it.
type Entry = tuple[str | Promise, str, str, str | Duty]

_CLIENTS: tuple[Entry, ...] = (
    (_("Clients"), "group", "accounts_person_changelist", "accounts.view_person"),
    (_("Pets"), "pets", "pets_pet_changelist", "pets.view_pet"),
    (_("Likely duplicates"), "merge", "accounts_person_duplicates", Duty.MERGE_CLIENTS),
    (
        _("Privacy requests"),
        "shield_person",
        "accounts_privacyrequest_changelist",
        "accounts.view_privacyrequest",
    ),
    (_("Breeds"), "sound_detection_dog_barking", "pets_breed_changelist", "pets.view_breed"),
)

_ORDERS: tuple[Entry, ...] = (
    (_("Order desk"), "orders", "orders_order_changelist", Duty.READ_ORDERS),
    (_("Pick list"), "checklist", "orders_order_pick_list", Duty.FULFIL_ORDERS),
    (_("Waiting for a vet"), "stethoscope", "orders_approval_changelist", Duty.READ_ORDERS),
    (_("Recall of a lot"), "personal_injury", "orders_order_recall", Duty.READ_ORDERS),
    (
        _("Slots day by day"),
        "event_available",
        "orders_slotday_changelist",
        Duty.READ_ORDERS,
    ),
    (
        _("Slots of the week"),
        "schedule_send",
        "orders_slotrule_changelist",
        Duty.MANAGE_DELIVERY,
    ),
    (_("Delivery zones"), "local_shipping", "orders_zone_changelist", Duty.MANAGE_DELIVERY),
)
_CATALOGUE: tuple[Entry, ...] = (
    (_("Products"), "inventory_2", "catalog_product_changelist", "catalog.view_product"),
    (_("Packs, prices and stock"), "sell", "catalog_variant_changelist", "catalog.view_variant"),
    (_("Lots"), "event_busy", "catalog_lot_changelist", "catalog.view_lot"),
    (
        _("Stock movements"),
        "swap_vert",
        "catalog_stockmovement_changelist",
        "catalog.view_stockmovement",
    ),
    (_("Brands"), "loyalty", "catalog_brand_changelist", "catalog.view_brand"),
    (_("Categories"), "account_tree", "catalog_category_changelist", "catalog.view_category"),
    (_("Properties"), "label", "catalog_attribute_changelist", "catalog.view_attribute"),
    (_("Medicines"), "medication", "catalog_medicinepack_changelist", "catalog.view_medicinepack"),
)
_CONVERSATIONS: tuple[Entry, ...] = (
    (_("Questions"), "forum", "conversations_thread_changelist", Duty.ANSWER_QUESTIONS),
    (
        _("Ready answers"),
        "quickreply",
        "conversations_cannedanswer_changelist",
        Duty.ANSWER_QUESTIONS,
    ),
    (_("Promised times"), "timer", "conversations_answertime_changelist", Duty.ANSWER_QUESTIONS),
    (_("Reviews"), "reviews", "catalog_review_changelist", Duty.MODERATE_REVIEWS),
)
_ADVICE: tuple[Entry, ...] = (
    (_("Articles"), "article", "advice_article_changelist", "advice.view_article"),
    (_("Videos"), "smart_display", "advice_video_changelist", "advice.view_video"),
    (_("Pictures"), "photo_library", "advice_picture_changelist", "advice.view_picture"),
    (_("Topics"), "sell", "advice_topic_changelist", "advice.view_topic"),
    (_("Authors"), "edit_note", "advice_author_changelist", "advice.view_author"),
    (
        _("Claims let stand"),
        "gavel",
        "advice_claimoverride_changelist",
        "advice.view_claimoverride",
    ),
)
_SEARCH: tuple[Entry, ...] = (
    (_("Synonyms"), "translate", "catalog_synonymgroup_changelist", "catalog.view_synonymgroup"),
    (
        _("Searched in vain"),
        "search_off",
        "catalog_searchmiss_changelist",
        "catalog.view_searchmiss",
    ),
)
_SUGGESTIONS: tuple[Entry, ...] = (
    (
        _("Week by week"),
        "monitoring",
        "recommendations_impression_changelist",
        Duty.MANAGE_CATALOGUE,
    ),
    (
        _("Models"),
        "model_training",
        "recommendations_modelversion_changelist",
        Duty.MANAGE_CATALOGUE,
    ),
)
_IMPORTS: tuple[Entry, ...] = (
    (_("Imports"), "upload_file", "catalog_importrun_changelist", "catalog.view_importrun"),
    (
        _("Suppliers' formats"),
        "table",
        "catalog_supplierformat_changelist",
        "catalog.view_supplierformat",
    ),
)
_CLINIC: tuple[Entry, ...] = (
    (_("Clinic"), "home_health", "clinic_clinic_changelist", "clinic.view_clinic"),
    (_("Places and hours"), "schedule", "clinic_place_changelist", "clinic.view_place"),
    (_("Legal texts"), "gavel", "clinic_legaltext_changelist", "clinic.view_legaltext"),
)
_WATCH: tuple[Entry, ...] = (
    (
        _("Who changed what"),
        "history",
        "accounts_auditentry_changelist",
        "accounts.view_auditentry",
    ),
    (_("Pages saved"), "edit_document", "admin_logentry_changelist", "accounts.view_auditentry"),
    (_("Messages sent"), "mail", "accounts_notice_changelist", "accounts.view_notice"),
    (_("Logins and roles"), "badge", "accounts_login_changelist", "accounts.view_login"),
    (_("Service tokens"), "key", "accounts_servicetoken_changelist", "accounts.view_servicetoken"),
    (
        _("Background tasks"),
        "manufacturing",
        "django_ox_oxtask_changelist",
        "django_ox.view_oxtask",
    ),
    (
        _("Schedules"),
        "event_repeat",
        "django_ox_oxschedule_changelist",
        "django_ox.view_oxschedule",
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of pages that this account may open; a group without any is left out."""
    groups = (
        (_("Clients"), _CLIENTS),
        (_("Orders"), _ORDERS),
        (_("Conversations"), _CONVERSATIONS),
        (_("Catalogue"), _CATALOGUE),
        (_("Advice"), _ADVICE),
        (_("What owners search"), _SEARCH),
        (_("Suggestions"), _SUGGESTIONS),
        (_("Imports"), _IMPORTS),
        (_("Clinic"), _CLINIC),
        (_("Watch"), _WATCH),
    )
    found = [(title, _items(request, entries)) for title, entries in groups]
    return [{"title": title, "separator": True, "items": items} for title, items in found if items]


def _items(request: HttpRequest, entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": reverse(f"admin:{page}")}
        for title, icon, page, permission in entries
        if _may_see(request, page, permission)
    ]


def _may_see(request: HttpRequest, page: str, permission: str | Duty) -> bool:
    if isinstance(permission, Duty):
        return has_duty(request, permission)
    if request.user.has_perm(permission):
        return True
    return page == "catalog_variant_changelist" and has_duty(request, Duty.RECEIVE_STOCK)
