# The bill of materials of a package, as SPDX 2.3: the programs, and the libraries that are linked into them.
#   jq --null-input --from-file sbom.jq --slurpfile known libraries.json --argjson linked '[{"package", "version"}...]'
#      --argjson files '[{"name", "sha1", "sha256"}...]' --arg version V --arg created TIME --arg home URL --arg unique UUID
# A library that libraries.json does not know is an error: nothing is shipped whose licence nobody has looked up.

def id: gsub("[^A-Za-z0-9.-]"; "-");

($known[0]) as $known
| [$linked[] | . + ($known[.package] // error("libraries.json has no entry for \(.package)"))] as $libraries
| {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: "overlap-\($version)",
    documentNamespace: "\($home)/spdx/overlap-\($version)-\($unique)",
    creationInfo: {created: $created, creators: ["Organization: The Overlap authors", "Tool: package.sh"]},
    packages: ([{
      name: "Overlap",
      SPDXID: "SPDXRef-Overlap",
      versionInfo: $version,
      supplier: "Organization: The Overlap authors",
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      homepage: $home,
      licenseConcluded: "MIT",
      licenseDeclared: "MIT",
      copyrightText: "The Overlap authors",
      primaryPackagePurpose: "APPLICATION"
    }] + [$libraries[] | {
      name: .name,
      SPDXID: "SPDXRef-\(.package | id)",
      versionInfo: .version,
      supplier: "NOASSERTION",
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      homepage: .home,
      licenseConcluded: "NOASSERTION",
      licenseDeclared: .license,
      copyrightText: "NOASSERTION",
      primaryPackagePurpose: "LIBRARY",
      externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: .purl}]
    }]),
    files: [$files[] | {
      fileName: "./\(.name)",
      SPDXID: "SPDXRef-File-\(.name | id)",
      fileTypes: [if .name | endswith(".exe") then "BINARY" else "TEXT" end],
      checksums: [{algorithm: "SHA1", checksumValue: .sha1}, {algorithm: "SHA256", checksumValue: .sha256}],
      licenseConcluded: "NOASSERTION",
      copyrightText: "NOASSERTION"
    }],
    relationships: (
      [{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-Overlap"}]
      + [$files[] | {spdxElementId: "SPDXRef-Overlap", relationshipType: "CONTAINS",
                     relatedSpdxElement: "SPDXRef-File-\(.name | id)"}]
      + [$libraries[] | {spdxElementId: "SPDXRef-Overlap", relationshipType: "STATIC_LINK",
                         relatedSpdxElement: "SPDXRef-\(.package | id)"}])
  }
