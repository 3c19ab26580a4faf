"""Properties that XMP predefines, by schema, with the form of their values (XMP Specification of 2004 and 2005).

Schemas whose properties are not listed here are let through by their namespace alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?")
INTEGER = re.compile(r"[+-]?\d+")
CONTAINERS = frozenset(f"{{{RDF}}}{name}" for name in ("Bag", "Seq", "Alt"))

TEXT, DATES, INT, BOOL, BAG, SEQ, LANG, STRUCT, ANY = (
    "text", "date", "integer", "boolean", "bag", "seq", "lang", "struct", "any",
)  # fmt: skip


def _of(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


PROPERTIES: dict[str, dict[str, str]] = {
    "http://purl.org/dc/elements/1.1/": {
        **_of(BAG, "contributor language publisher relation subject type"), **_of(SEQ, "creator date"),
        **_of(LANG, "description rights title"), **_of(TEXT, "coverage format identifier source"),
    },
    "http://ns.adobe.com/xap/1.0/": {
        **_of(BAG, "Advisory Identifier"), **_of(DATES, "CreateDate MetadataDate ModifyDate"),
        **_of(TEXT, "BaseURL CreatorTool Nickname Label"), **_of(INT, "Rating"), **_of(ANY, "Thumbnails"),
    },
    "http://ns.adobe.com/xap/1.0/rights/": {
        **_of(TEXT, "Certificate WebStatement"), **_of(BOOL, "Marked"), **_of(BAG, "Owner"), **_of(LANG, "UsageTerms"),
    },
    "http://ns.adobe.com/xap/1.0/mm/": {
        **_of(ANY, "DerivedFrom ManagedFrom RenditionOf SaveID"), **_of(SEQ, "History Versions"),
        **_of(TEXT, "DocumentID InstanceID Manager ManageTo ManageUI ManagerVariant RenditionClass RenditionParams VersionID"),
        **_of(TEXT, "LastURL"),
    },
    "http://ns.adobe.com/xap/1.0/bj/": _of(BAG, "JobRef"),
    "http://ns.adobe.com/xap/1.0/t/pg/": {
        **_of(ANY, "MaxPageSize"), **_of(INT, "NPages"), **_of(BAG, "Fonts"), **_of(SEQ, "Colorants PlateNames"),
    },
    "http://ns.adobe.com/pdf/1.3/": _of(TEXT, "Keywords PDFVersion Producer"),
    "http://ns.adobe.com/photoshop/1.0/": {
        **_of(TEXT, "AuthorsPosition CaptionWriter Category City Country Credit Headline Instructions Source State"),
        **_of(TEXT, "TransmissionReference"), **_of(DATES, "DateCreated"), **_of(BAG, "SupplementalCategories"),
        **_of(INT, "Urgency"),
    },
    "http://ns.adobe.com/tiff/1.0/": {
        **_of(INT, "ImageWidth ImageLength Compression PhotometricInterpretation Orientation SamplesPerPixel"),
        **_of(INT, "PlanarConfiguration YCbCrPositioning ResolutionUnit"), **_of(DATES, "DateTime"),
        **_of(SEQ, "BitsPerSample YCbCrSubSampling TransferFunction WhitePoint PrimaryChromaticities YCbCrCoefficients"),
        **_of(SEQ, "ReferenceBlackWhite"), **_of(TEXT, "XResolution YResolution Make Model Software Artist"),
        **_of(LANG, "ImageDescription Copyright"),
    },
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": {
        **_of(STRUCT, "projectRef videoFrameSize videoAlphaPremultipleColor startTimecode altTimecode duration introTime"),
        **_of(STRUCT, "outCue relativeTimestamp timeScaleParams resampleParams beatSpliceParams"),
        **_of(TEXT, "videoFrameRate videoPixelAspectRatio videoPixelDepth videoColorSpace videoAlphaMode videoCompressor"),
        **_of(TEXT, "videoFieldOrder pullDown audioSampleType audioChannelType audioCompressor speakerPlacement tapeName"),
        **_of(TEXT, "fileDataRate altTapeName scene shotName shotLocation logComment absPeakAudioFilePath artist album"),
        **_of(TEXT, "relativePeakAudioFilePath genre copyright composer engineer tempo instrument numberOfBeats key"),
        **_of(TEXT, "stretchMode timeSignature scaleType"), **_of(BOOL, "videoAlphaUnityIsTransparent loop"),
        **_of(INT, "audioSampleRate trackNumber"), **_of(SEQ, "markers"), **_of(BAG, "contributedMedia"),
        **_of(DATES, "shotDate videoModDate audioModDate metadataModDate releaseDate"),
    },
    "http://ns.adobe.com/exif/1.0/": {
        **_of(TEXT, "ExifVersion FlashpixVersion CompressedBitsPerPixel RelatedSoundFile ExposureTime FNumber"),
        **_of(TEXT, "SpectralSensitivity ShutterSpeedValue ApertureValue BrightnessValue ExposureBiasValue ImageUniqueID"),
        **_of(TEXT, "MaxApertureValue SubjectDistance FocalLength FlashEnergy FocalPlaneXResolution ExposureIndex"),
        **_of(TEXT, "FocalPlaneYResolution DigitalZoomRatio MakerNote"), **_of(DATES, "DateTimeOriginal DateTimeDigitized"),
        **_of(SEQ, "ComponentsConfiguration ISOSpeedRatings SubjectArea SubjectLocation"), **_of(LANG, "UserComment"),
        **_of(INT, "ColorSpace PixelXDimension PixelYDimension ExposureProgram MeteringMode LightSource FileSource"),
        **_of(INT, "FocalPlaneResolutionUnit SensingMethod SceneType CustomRendered ExposureMode WhiteBalance Sharpness"),
        **_of(INT, "FocalLengthIn35mmFilm SceneCaptureType GainControl Contrast Saturation SubjectDistanceRange"),
        **_of(ANY, "OECF Flash SpatialFrequencyResponse CFAPattern DeviceSettingDescription GPSVersionID GPSLatitude"),
        **_of(ANY, "GPSLongitude GPSAltitudeRef GPSAltitude GPSTimeStamp GPSSatellites GPSStatus GPSMeasureMode GPSDOP"),
        **_of(ANY, "GPSSpeedRef GPSSpeed GPSTrackRef GPSTrack GPSImgDirectionRef GPSImgDirection GPSMapDatum GPSDestLatitude"),
        **_of(ANY, "GPSDestLongitude GPSDestBearingRef GPSDestBearing GPSDestDistanceRef GPSDestDistance"),
        **_of(ANY, "GPSProcessingMethod GPSAreaInformation GPSDifferential"),
    },
    "http://www.aiim.org/pdfa/ns/id/": {**_of(INT, "part"), **_of(TEXT, "conformance amd corr rev")},
}  # fmt: skip
LATER = {"http://ns.adobe.com/xap/1.0/mm/": frozenset(("InstanceID",))}
"""Properties that came with the XMP Specification of 2005, which PDF/A-1 does not know."""


def properties(tree: etree._Element) -> Iterator[tuple[str, str, etree._Element | str]]:
    """Yield namespace, name and value of every property: an element, or the text of an attribute."""
    for description in tree.iter(f"{{{RDF}}}Description"):
        parent = description.getparent()
        if parent is None or parent.tag != f"{{{RDF}}}RDF":
            continue
        for key, value in description.attrib.items():
            name = etree.QName(str(key))
            yield name.namespace or "", name.localname, str(value)
        for child in description:
            if isinstance(child.tag, str):
                name = etree.QName(child)
                yield name.namespace or "", name.localname, child


def is_predefined(space: str, name: str, *, is_first: bool) -> bool:
    """Say whether a schema that is listed here defines the property; schemas that are not listed define all."""
    known = PROPERTIES.get(space)
    return known is None or (name in known and not (is_first and name in LATER.get(space, ())))


def has_form(space: str, name: str, value: etree._Element | str) -> bool:
    """Say whether a value has the form that its property asks for; properties that are not listed ask for none."""
    kind = PROPERTIES.get(space, {}).get(name, ANY)
    return FORMS[kind](value)


def _container(value: etree._Element | str) -> etree._Element | None:
    if isinstance(value, str):
        return None
    return next((child for child in value if child.tag in CONTAINERS), None)


def _is_simple(value: etree._Element | str) -> bool:
    return isinstance(value, str) or not any(isinstance(child.tag, str) and child.tag in CONTAINERS for child in value)


def _text(value: etree._Element | str) -> str:
    return value if isinstance(value, str) else (value.text or "")


def _matches(pattern: re.Pattern[str]) -> Callable[[etree._Element | str], bool]:
    return lambda value: _is_simple(value) and pattern.fullmatch(_text(value).strip()) is not None


def _is_in(name: str) -> Callable[[etree._Element | str], bool]:
    def held(value: etree._Element | str) -> bool:
        found = _container(value)
        return found is not None and (found.tag == f"{{{RDF}}}{name}" or not len(found))

    return held


def _is_structure(value: etree._Element | str) -> bool:
    return not isinstance(value, str) and (len(value) > 0 or bool(value.attrib))


def _is_by_language(value: etree._Element | str) -> bool:
    found = _container(value)
    if found is None or found.tag != f"{{{RDF}}}Alt":
        return False
    return all(item.get(LANGUAGE) is not None for item in found.iterfind(f"{{{RDF}}}li"))


FORMS: dict[str, Callable[[etree._Element | str], bool]] = {
    TEXT: _is_simple,
    DATES: _matches(DATE),
    INT: _matches(INTEGER),
    BOOL: _matches(re.compile(r"True|False")),
    BAG: _is_in("Bag"),
    SEQ: _is_in("Seq"),
    LANG: _is_by_language,
    STRUCT: _is_structure,
    ANY: lambda _value: True,
}
