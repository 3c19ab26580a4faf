"""Properties that XMP predefines, by schema, with the types of their values (XMP Specification of 2004 and 2005)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from jingui.formats.reading.pdfa.xmp_types import is_of
from jingui.formats.reading.pdfa.xmp_values import RDF, XML, value_of

DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
BASIC = "http://ns.adobe.com/xap/1.0/"
MEDIA = "http://ns.adobe.com/xap/1.0/mm/"
PAGED = "http://ns.adobe.com/xap/1.0/t/pg/"
PDF = "http://ns.adobe.com/pdf/1.3/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
CLAIM = "http://www.aiim.org/pdfa/ns/id/"


def _of(**names: str) -> dict[str, str]:
    """Turn types with the names of their properties into properties with their types; ``_`` in a type is a blank."""
    return {name: kind.replace("__", "/").replace("_", " ") for kind, told in names.items() for name in told.split()}


PROPERTIES: dict[str, dict[str, str]] = {
    DUBLIN_CORE: _of(
        bag_text="contributor publisher relation subject type", seq_text="creator", seq_date="date",
        lang_alt="description rights title", mimetype="format", bag_locale="language", text="coverage identifier source",
    ),
    BASIC: _of(
        bag_text="Advisory Identifier", date="CreateDate MetadataDate ModifyDate", text="BaseURL CreatorTool Nickname",
        alt_thumbnail="Thumbnails",
    ),
    "http://ns.adobe.com/xap/1.0/rights/": _of(
        text="Certificate WebStatement", boolean="Marked", bag_text="Owner", lang_alt="UsageTerms",
    ),
    MEDIA: _of(
        resourceref="DerivedFrom ManagedFrom RenditionOf", seq_resourceevent="History", seq_version="Versions",
        text="DocumentID InstanceID Manager ManageTo ManageUI ManagerVariant RenditionClass RenditionParams VersionID LastURL",
        integer="SaveID",
    ),
    "http://ns.adobe.com/xap/1.0/bj/": _of(bag_job="JobRef"),
    PAGED: _of(dimensions="MaxPageSize", integer="NPages"),
    PDF: _of(text="Keywords PDFVersion Producer"),
    PHOTOSHOP: _of(
        text="AuthorsPosition CaptionWriter Category City Country Credit Headline Instructions Source State "
        "TransmissionReference", date="DateCreated", integer="Urgency",
    ),
    "http://ns.adobe.com/tiff/1.0/": _of(
        integer="ImageWidth ImageLength Compression PhotometricInterpretation Orientation SamplesPerPixel "
        "PlanarConfiguration YCbCrPositioning ResolutionUnit", date="DateTime",
        seq_integer="BitsPerSample YCbCrSubSampling TransferFunction", text="XResolution YResolution Make Model Software Artist",
        seq_rational="WhitePoint PrimaryChromaticities YCbCrCoefficients ReferenceBlackWhite",
        lang_alt="ImageDescription Copyright",
    ),
    EXIF: _of(
        text="ExifVersion FlashpixVersion CompressedBitsPerPixel RelatedSoundFile ExposureTime FNumber SpectralSensitivity "
        "ShutterSpeedValue ApertureValue BrightnessValue ExposureBiasValue MaxApertureValue SubjectDistance FocalLength "
        "FlashEnergy FocalPlaneXResolution FocalPlaneYResolution ExposureIndex DigitalZoomRatio ImageUniqueID GPSVersionID "
        "GPSAltitude GPSSatellites GPSStatus GPSDOP GPSSpeedRef GPSSpeed GPSTrackRef GPSTrack GPSImgDirectionRef "
        "GPSImgDirection GPSMapDatum GPSDestBearingRef GPSDestBearing GPSDestDistanceRef GPSDestDistance "
        "GPSProcessingMethod GPSAreaInformation", date="DateTimeOriginal DateTimeDigitized GPSTimeStamp",
        lang_alt="UserComment", seq_integer="ComponentsConfiguration ISOSpeedRatings SubjectArea SubjectLocation",
        integer="ColorSpace PixelXDimension PixelYDimension ExposureProgram MeteringMode LightSource FileSource "
        "FocalPlaneResolutionUnit SensingMethod SceneType CustomRendered ExposureMode WhiteBalance Sharpness "
        "FocalLengthIn35mmFilm SceneCaptureType GainControl Contrast Saturation SubjectDistanceRange GPSAltitudeRef "
        "GPSDifferential", oecf__sfr="OECF SpatialFrequencyResponse", flash="Flash", cfapattern="CFAPattern",
        devicesettings="DeviceSettingDescription",
        gpscoordinate="GPSLatitude GPSLongitude GPSDestLatitude GPSDestLongitude",
    ),
    CLAIM: _of(integer="part", text="conformance amd"),
}  # fmt: skip
ONLY_FIRST: dict[str, dict[str, str]] = {
    PHOTOSHOP: _of(text="SupplementalCategories"),
    EXIF: _of(text="MakerNote", integer="GPSMeasureMode"),
}
"""What PDF/A-1 refers to alone: the specification of 2004."""
ONLY_LATER: dict[str, dict[str, str]] = {
    PHOTOSHOP: _of(bag_text="SupplementalCategories"),
    EXIF: _of(text="GPSMeasureMode"),
    BASIC: _of(text="Label", real="Rating"),
    PAGED: _of(bag_font="Fonts", seq_colorant="Colorants", seq_text="PlateNames"),
    CLAIM: _of(text="corr"),
    "http://ns.adobe.com/exif/1.0/aux/": _of(text="Lens SerialNumber"),
    "http://ns.adobe.com/camera-raw-settings/1.0/": _of(
        boolean="AutoBrightness AutoContrast AutoExposure AutoShadows HasCrop HasSettings", seq_text="ToneCurve",
        integer="BlueHue BlueSaturation Brightness ChromaticAberrationB ChromaticAberrationR ColorNoiseReduction Contrast "
        "CropUnits GreenHue GreenSaturation LuminanceSmoothing RedHue RedSaturation Saturation Shadows ShadowTint Sharpness "
        "Temperature Tint VignetteAmount VignetteMidpoint",
        real="CropTop CropLeft CropBottom CropRight CropAngle CropWidth CropHeight Exposure",
        text="CameraProfile RawFileName ToneCurveName Version WhiteBalance",
    ),
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": _of(
        projectlink="projectRef", dimensions="videoFrameSize", colorant="videoAlphaPremultipleColor",
        timecode="startTimecode altTimecode", time="duration introTime outCue relativeTimestamp",
        timescalestretch="timeScaleParams", resamplestretch="resampleParams", beatsplicestretch="beatSpliceParams",
        text="videoFrameRate videoPixelAspectRatio videoPixelDepth videoColorSpace videoAlphaMode videoCompressor "
        "videoFieldOrder pullDown audioSampleType audioChannelType audioCompressor speakerPlacement tapeName fileDataRate "
        "altTapeName scene shotName shotLocation logComment absPeakAudioFilePath artist album relativePeakAudioFilePath genre "
        "copyright composer engineer instrument key stretchMode timeSignature scaleType", real="tempo numberOfBeats",
        boolean="videoAlphaUnityIsTransparent loop", integer="audioSampleRate trackNumber", seq_marker="markers",
        bag_media="contributedMedia", date="shotDate videoModDate audioModDate metadataModDate releaseDate",
    ),
}  # fmt: skip
"""What the later parts add or change: the specification of 2005."""


def _joined(added: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {space: PROPERTIES.get(space, {}) | added.get(space, {}) for space in PROPERTIES.keys() | added.keys()}


OF_FIRST, OF_LATER = _joined(ONLY_FIRST), _joined(ONLY_LATER)


def predefined(*, is_first: bool) -> dict[str, dict[str, str]]:
    """Return the predefined properties of a part by namespace and name, with their types."""
    return OF_FIRST if is_first else OF_LATER


def properties(tree: etree._Element) -> Iterator[tuple[str, str, etree._Element | str]]:
    """Yield namespace, name and value of every property: an element, or the text of an attribute."""
    for description in tree.iter(f"{{{RDF}}}Description"):
        parent = description.getparent()
        if parent is None or parent.tag != f"{{{RDF}}}RDF":
            continue
        for key, value in description.attrib.items():
            name = etree.QName(str(key))
            if name.namespace not in (RDF, XML, None):
                yield name.namespace or "", name.localname, str(value)
        for child in description:
            if isinstance(child.tag, str):
                name = etree.QName(child)
                yield name.namespace or "", name.localname, child


def has_type(value: etree._Element | str, kind: str) -> bool:
    """Say whether the value of a property is of a type."""
    return is_of(value_of(value), kind)
