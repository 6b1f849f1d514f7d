"""croissant.json: the release for machines, after Croissant 1.1 with its RAI fields (MLCommons)."""

from dataclasses import dataclass

import pandas as pd

from understudy import __version__
from understudy.release.names import SPLIT

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
METHOD = "https://synthetic-human-action.github.io"


@dataclass(frozen=True)
class About:
    """Of a release: name, licence, creator, url (where it is to be found), date (ISO)."""

    name: str
    licence: str
    creator: str
    url: str
    date: str


def croissant(about: About, facts: pd.DataFrame, metadata_sha256: str) -> dict:
    """The file as a JSON object; facts: the rows of metadata.parquet, whose digest is given."""
    metadata = f"{SPLIT}/metadata.parquet"
    people, references = facts["identity"].nunique(), facts["reference"].nunique()
    what = (
        f"{len(facts)} synthetic videos of {facts['label'].nunique()} human actions: {people} "
        f"people re-enact {references} reference videos, rendered as 3D Gaussian avatars."
    )
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": about.name,
        "description": what,
        "license": about.licence,
        "url": about.url,
        "creator": {"@type": "sc:Organization", "name": about.creator},
        "datePublished": about.date,
        "version": "1.0.0",
        "citeAs": f"{about.creator}: {about.name}, {about.date[:4]}. Made with Understudy "
        f"{__version__}, after {METHOD}.",
        **_responsible(facts),
        "distribution": [
            {
                **{"@type": "cr:FileObject", "@id": "metadata", "name": "metadata"},
                **{"contentUrl": metadata, "encodingFormat": "application/x-parquet"},
                "sha256": metadata_sha256,
            },
        ],
        "recordSet": [
            {
                **{"@type": "cr:RecordSet", "@id": "videos", "name": "videos"},
                "field": [_field(str(name), facts[name]) for name in facts],
            }
        ],
    }


def _responsible(facts: pd.DataFrame) -> dict:
    licences = sorted({licence for side in _SIDES for licence in facts[f"{side}_licence"]})
    return {
        "rai:hasSyntheticData": True,
        "rai:dataCollection": "Rendered, not filmed: motions are fitted to reference videos, "
        "people are avatars trained from one video each, backgrounds are photos.",
        "rai:dataLimitations": "Fingers, faces, loose clothes and contact with objects are "
        "approximate; motions contain errors of pose estimation; backgrounds are stills.",
        "rai:dataBiases": "The people, actions and places are those of the ingredients, and each "
        "person does every action.",
        "rai:personalSensitiveInformation": "The figures are recognisable likenesses of people "
        "wherever identity videos are real; consent is stated for each.",
        "rai:dataUseCases": "Training of action recognisers. Not for testing, and not for "
        "recognising people.",
        "rai:dataSocialImpact": "Likenesses of people do what they did not do; each video is to be "
        "marked as synthetic wherever it is shown.",
        "prov:wasGeneratedBy": f"Understudy {__version__}",
        "prov:wasDerivedFrom": [f"material under {licence}" for licence in licences],
    }


_SIDES = ("reference", "identity", "background")


KINDS = {"b": "sc:Boolean", "i": "sc:Integer", "u": "sc:Integer", "f": "sc:Float"}


def _field(name: str, column: pd.Series) -> dict:
    kind = KINDS.get(getattr(column.dtype, "kind", "O"), "sc:Text")
    return {
        **{"@type": "cr:Field", "@id": f"videos/{name}", "name": name, "dataType": kind},
        "source": {"fileObject": {"@id": "metadata"}, "extract": {"column": name}},
    }
