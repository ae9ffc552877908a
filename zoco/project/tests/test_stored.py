"""Uploaded files in S3: a real server on loopback, the bucket private."""

# mypy: disable-error-code="no-untyped-call, attr-defined"

import io
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from zoco.content.pages.models import HomePage
from zoco.kit import conf
from zoco.project.serving import stored
from zoco.project.worker import tasks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the bucket's client, while uploads go there."""
    for name, value in (
        ("ACCESS_KEY_ID", "zoco"),
        ("SECRET_ACCESS_KEY", "secret"),
        ("EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("ZOCO_MEDIA", f"s3://pictures/site?endpoint={server}&region=us-east-1")
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    client.create_bucket(Bucket="pictures")
    storages = {
        "default": stored.storage(),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=storages, MEDIA_ORIGIN=stored.origin()):
        yield client
    for key in _keys(client):
        client.delete_object(Bucket="pictures", Key=key)


def _keys(client: Any) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket="pictures").get("Contents", [])]


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(
        get_user_model().objects.create_superuser("ana", "ana@honey.example", "hexagon-comb-12")
    )
    return client


def _file(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_image_is_uploaded_seen_in_a_page_and_deleted(bucket: Any, owner: Client, server: str) -> None:
    written = io.BytesIO()
    Picture.new("RGB", (1200, 800), "#c80").save(written, "PNG")

    answer = owner.post(
        reverse("wagtailimages:add"),
        {"title": "Comb", "file": _file("comb.png", written.getvalue()), "collection": 1},
    )

    assert answer.status_code == 302
    image = get_image_model().objects.get()
    [key] = _keys(bucket)
    assert key.startswith("site/original_images/comb")

    root = HomePage.get_first_root_node()
    home = HomePage(title="Home", slug="pictures", body=[("image", image)])
    root.add_child(instance=home)
    request = owner.get("/").wsgi_request
    html = home.serve(request).content.decode()

    assert f'src="{server}/pictures/site/images/comb' in html
    source = html.partition('src="')[2].partition('"')[0].replace("&amp;", "&")
    with urllib.request.urlopen(source, timeout=10) as shown:
        assert shown.read()[:4] == b"RIFF"
    policy = owner.get(reverse("wagtailimages:index")).headers["Content-Security-Policy"]
    assert f"img-src 'self' data: blob: {server};" in policy

    home.delete()
    owner.post(reverse("wagtailimages:delete", args=[image.pk]))
    while claimed := tasks.claim("one", at=timezone.now()):  # files are deleted in the background
        tasks.run(claimed)

    assert _keys(bucket) == []


def test_document_is_handed_out_by_a_signed_address(bucket: Any, owner: Client, server: str) -> None:
    owner.post(
        reverse("wagtaildocs:add"),
        {"title": "List", "file": _file("list.txt", b"honey 4.50"), "collection": 1},
    )
    document = get_document_model().objects.get()

    answer = owner.get(document.url)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{server}/pictures/site/documents/list")
    with urllib.request.urlopen(answer.headers["Location"], timeout=10) as shown:
        assert shown.read() == b"honey 4.50"
    assert "X-Amz-Signature" in answer.headers["Location"]
    assert default_storage.exists(document.file.name)


@pytest.mark.parametrize("text", ["https://s3.example", "s3://", "s3://bucket?key=secret"])
def test_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ZOCO_MEDIA", text)

    with pytest.raises(conf.SettingWrong, match="s3://bucket/folder"):
        stored.MEDIA()


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("", ""),
        ("s3://b?region=eu-south-2", "https://b.s3.eu-south-2.amazonaws.com"),
        ("s3://b/f?endpoint=https://s3.example.org:9000", "https://s3.example.org:9000"),
        ("s3://b?endpoint=https://s3.example.org&domain=cdn.example.org", "https://cdn.example.org"),
    ],
)
def test_origin_of_images(monkeypatch: pytest.MonkeyPatch, text: str, origin: str) -> None:
    monkeypatch.setenv("ZOCO_MEDIA", text)

    assert stored.origin() == origin
