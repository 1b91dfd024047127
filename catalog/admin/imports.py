"""Imports in the back office: rehearse, read what would change, carry out, fix what is refused."""

import csv
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from accounts.admin.acting import VerbAdmin, acting, has_duty, tell_in_form, told
from accounts.admin.fields import UploadField
from accounts.roles import Duty
from catalog import editing
from catalog.admin import import_files
from catalog.importing.run import FileRefused, Order, Report, StrictRefused, run
from catalog.importing.supplier_format import COLUMNS
from catalog.models import ImportProblem, ImportRun, SupplierFormat
from clinic.admin import ReadOnly
from kernel.refusals import Refusal

_SHOWN = 200
_COUNTS = {
    "new": _("new"),
    "changed": _("changed"),
    "withdrawn": _("withdrawn"),
    "unchanged": _("unchanged"),
    "refused": _("refused rows"),
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_ENDINGS = (".csv", ".xlsx", ".zip")


class UploadForm(forms.Form):
    """A file and whose it is; it is rehearsed first, always."""

    file = UploadField(
        label=_("File"),
        accept=".csv,.xlsx,.zip",
        help_text=_("CSV or XLSX of a supplier, or a ZIP of the clinic's folder; 20 MB at most."),
    )
    supplier = forms.ModelChoiceField(
        label=_("Supplier"),
        queryset=SupplierFormat.objects.order_by("supplier"),
        required=False,
        empty_label=_("The clinic's own folder (ZIP)"),
        widget=UnfoldAdminSelectWidget(),
    )

    def clean_file(self) -> File:
        upload: File = self.cleaned_data["file"]
        if (upload.size or 0) > import_files.MOST_UPLOADED:
            raise ValidationError(_("20 MB at most: use the command line for larger files."))
        if not str(upload.name).lower().endswith(_ENDINGS):
            raise ValidationError(_("A CSV, XLSX or ZIP file."))
        return upload

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        upload = given.get("file")
        is_archive = upload is not None and str(upload.name).lower().endswith(".zip")
        if upload is not None and is_archive == (given.get("supplier") is not None):
            self.add_error(
                "supplier",
                _("A ZIP is the clinic's folder; a CSV or XLSX needs the supplier it is from."),
            )
        return given


class CarryOutForm(forms.Form):
    strict = forms.BooleanField(
        label=_("All or nothing: one refused row stops the import"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )
    publish = forms.BooleanField(
        label=_("Publish what lacks nothing"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget(),
    )


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    """Past runs; each dry one can be carried out as long as its file is kept."""

    list_display = ("path", "kind", "started_at", "by", "told_counts")
    list_filter = ("is_dry",)
    list_select_related = ("by",)
    search_fields = ("path", "supplier")
    fields = ("path", "supplier", "started_at", "finished_at", "by", "told_counts")
    readonly_fields = ("told_counts",)
    actions_list = ("upload",)
    change_form_outer_before_template = "admin/catalog/import_panel.html"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        rows: QuerySet[ImportRun] = super().get_queryset(request)
        found = request.resolver_match
        if found and found.url_name == "catalog_importrun_changelist":
            return rows.defer("differences")
        return rows

    @display(description=_("kind"), label={"dry": "info", "real": "success"})
    def kind(self, run: ImportRun) -> tuple[str, Any]:
        return ("dry", _("dry run")) if run.is_dry else ("real", _("imported"))

    @display(description=_("counts"))
    def told_counts(self, run: ImportRun) -> str:
        counted = [(words, run.counts.get(kind, 0)) for kind, words in _COUNTS.items()]
        return " · ".join(f"{count} {words}" for words, count in counted if count) or gettext(
            "nothing"
        )

    def has_import_permission(self, request: HttpRequest) -> bool:
        may_add = request.user.has_perm("catalog.add_importrun")
        return may_add and has_duty(request, Duty.MANAGE_CATALOGUE)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("new/", view(self.upload_view), name="catalog_importrun_new"),
            path(
                "<int:run_id>/carry-out/",
                view(require_POST(self.carry_out_view)),
                name="catalog_importrun_carry_out",
            ),
            path(
                "<int:run_id>/refused.csv",
                view(self.refused_view),
                name="catalog_importrun_refused",
            ),
        ]
        return [*own, *super().get_urls()]

    @action(description=_("New import"), permissions=["import"], url_path="start", icon="upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:catalog_importrun_new")

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file in and rehearse it; nothing is written but the rehearsal's report."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
        if posted and form.is_valid():
            report = rehearse(request, form)
            if report is not None and report.run is not None:
                return redirect("admin:catalog_importrun_change", report.run.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("New import"),
            "form": form,
            "back": reverse("admin:catalog_importrun_changelist"),
        }
        return TemplateResponse(request, "admin/catalog/import_upload.html", context)

    def carry_out_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Import the very file that was rehearsed."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        rehearsal = ImportRun.objects.filter(pk=run_id, is_dry=True).first()
        if rehearsal is None:
            raise Http404
        if not import_files.is_kept(rehearsal):
            messages.error(
                request, gettext("The file was imported, or is no longer kept: send it anew.")
            )
            return redirect("admin:catalog_importrun_change", run_id)
        form = CarryOutForm(request.POST)
        form.is_valid()
        done = carry_out(request, rehearsal, form.cleaned_data)
        return redirect("admin:catalog_importrun_change", done.pk if done else run_id)

    def refused_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """The refused rows as a file that a spreadsheet opens and never executes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="refused-{run_id}.csv"'
        writer = csv.writer(response, delimiter=";")
        writer.writerow(["file", "line", "column", "value", "expected"])
        for row in ImportProblem.objects.filter(run=run_id):
            cells = (row.file, row.line, row.column, row.value, row.expected)
            writer.writerow([harmless(cell) for cell in cells])
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found = context.get("original")
        if isinstance(found, ImportRun):
            context["panel"] = self._panel(request, found)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _panel(self, request: HttpRequest, found: ImportRun) -> dict[str, Any]:
        may_import = self.has_import_permission(request) and import_files.is_kept(found)
        return {
            "run": found,
            "counts": [(words, found.counts.get(kind, 0)) for kind, words in _COUNTS.items()],
            "differences": [
                {**each, "words": _COUNTS.get(each["kind"], each["kind"])}
                for each in found.differences[:_SHOWN]
            ],
            "more": max(0, len(found.differences) - _SHOWN),
            "problems": found.problems.all()[:_SHOWN],
            "form": CarryOutForm() if may_import else None,
        }


def harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula. Source: OWASP, CSV injection."""
    text = str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def rehearse(request: HttpRequest, form: UploadForm) -> Report | None:
    """A dry run whose file is kept for the import; None when the file was refused, in the form."""
    person, at = acting(request)
    upload, supplier = form.cleaned_data["file"], form.cleaned_data["supplier"]
    import_files.forget_old(at=at)
    try:
        with import_files.opened(upload, upload.name) as place:
            order = Order(path=place, supplier=supplier.supplier if supplier else "", is_dry=True)
            report = run(order, by=person, at=at)
    except Refusal as refusal:
        tell_in_form(form, refusal)
        return None
    except FileRefused as refused:
        form.add_error("file", str(refused))
        return None
    if report.run is not None:
        import_files.keep(report.run, upload)
    return report


def carry_out(
    request: HttpRequest, rehearsal: ImportRun, chosen: dict[str, Any]
) -> ImportRun | None:
    """Import what was rehearsed; the run that came of it, or None when nothing could be read."""
    person, at = acting(request)
    name = rehearsal.path if rehearsal.supplier else f"{rehearsal.path}.zip"
    try:
        with (
            import_files.kept_file(rehearsal) as file,
            import_files.opened(file, name) as place,
        ):
            order = Order(
                path=place,
                supplier=rehearsal.supplier,
                is_strict=chosen["strict"],
                publish=chosen["publish"],
            )
            report = run(order, by=person, at=at)
    except StrictRefused as refused:
        messages.error(request, gettext("A row was refused, so nothing was imported."))
        return refused.report.run
    except FileRefused as refused:
        messages.error(request, str(refused))
        return None
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return None
    import_files.forget(rehearsal)
    messages.success(request, gettext("The import is done."))
    return report.run


@admin.register(SupplierFormat)
class SupplierFormatAdmin(VerbAdmin):
    """How each supplier's files are read, remembered for the next one."""

    list_display = ("supplier", "column_count")
    fields = ("supplier", "columns", "defaults")

    @display(description=_("columns"))
    def column_count(self, row: SupplierFormat) -> int:
        return len(row.columns)

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kw: Any) -> Any:
        words = _('Ours are: %(columns)s. Such as {"Libellé": "name", "PU TTC": "price"}.')
        kw["help_texts"] = {"columns": words % {"columns": ", ".join(COLUMNS)}}
        return super().get_form(request, obj, change=change, **kw)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SupplierFormat, form: Any, change: Any) -> None:
        person, at = acting(request)
        editing.keep_supplier_format(row=obj, by=person, at=at)
