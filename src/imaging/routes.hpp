// The routes of DICOM nodes: mount_dicom_nodes() puts them into an http::Router at /api/v1/dicom.
//
// Answers are JSON. What is given outlives the router's use. Threads: the server's.
#pragma once

namespace meridian::http {
class Router;
}

namespace meridian::imaging {

class Archive;
class DicomNodes;
class StudyKeeper;
class Worklist;

void mount_dicom_nodes(http::Router& router, Archive& archive, DicomNodes& nodes, StudyKeeper& keeper,
                       Worklist& worklist);

}  // namespace meridian::imaging
