//! The OFD package, read as a reader would.

use std::collections::BTreeSet;

use render::{Part, lay_out};
use roxmltree::{Document, Node};

use crate::certificates::{certificate, copy, plain, slugs, template};

fn read(part: &Part) -> Document<'_> {
    Document::parse(std::str::from_utf8(&part.bytes).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", part.path))
}

fn find<'a>(parts: &'a [Part], path: &str) -> &'a Part {
    parts.iter().find(|part| part.path == path).unwrap_or_else(|| panic!("no {path}"))
}

fn text_of(document: &Document<'_>, name: &str) -> String {
    document
        .descendants()
        .find(|node| node.has_tag_name(("http://www.ofdspec.org/2016", name)))
        .and_then(|node| node.text())
        .unwrap_or_default()
        .to_owned()
}

fn named<'a, 'input: 'a>(document: &'a Document<'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> {
    document.descendants().filter(move |node| node.tag_name().name() == name)
}

/// The text of each page, without spaces.
pub(crate) fn texts(parts: &[Part]) -> Vec<String> {
    let pages = parts.iter().filter(|part| part.path.ends_with("/Content.xml"));
    pages.map(|part| plain(&named(&read(part), "TextCode").filter_map(|node| node.text()).collect::<String>())).collect()
}

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

#[test]
fn every_file_named_is_there_and_every_file_there_is_named() {
    for slug in slugs() {
        let parts = lay_out(&certificate(slug, 0), &template(slug)).unwrap().ofd().unwrap().parts;
        let mut named_files = BTreeSet::from(["OFD.xml".to_owned()]);
        for part in parts.iter().filter(|part| part.path.ends_with(".xml")) {
            let document = read(part);
            let folder = part.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let base = document.root_element().attribute("BaseLoc").map_or(String::new(), |base| format!("{base}/"));
            let elements = ["DocRoot", "PublicRes", "DocumentRes", "CustomTags", "Attachments", "FontFile", "MediaFile", "FileLoc"];
            let located = document.descendants().filter(|node| elements.contains(&node.tag_name().name())).filter_map(|node| node.text());
            let pages = named(&document, "Page").filter_map(|node| node.attribute("BaseLoc"));
            for target in located.chain(pages) {
                named_files.insert(target.strip_prefix('/').map_or_else(|| format!("{folder}{base}{target}"), str::to_owned));
            }
        }
        let there: BTreeSet<_> = parts.iter().map(|part| part.path.clone()).collect();
        assert_eq!(there, named_files, "{slug}");
        assert_eq!(there.len(), parts.len(), "{slug}: a path stands twice");
        assert_eq!(parts[0].path, "OFD.xml");
    }
}

#[test]
fn numbers_of_objects_are_unique_and_references_lead_to_one() {
    for slug in slugs() {
        let mut face = certificate(slug, 0);
        face.copy = Some(copy());
        let parts = lay_out(&face, &template(slug)).unwrap().ofd().unwrap().parts;
        let (mut ids, mut references) = (Vec::new(), Vec::new());
        for part in parts.iter().filter(|part| part.path.ends_with(".xml") && !part.path.contains("/Attachs/")) {
            for node in read(part).descendants() {
                ids.extend(node.attribute("ID").map(|id| id.parse::<u32>().unwrap()));
                let attributes = ["Font", "ResourceID", "ColorSpace", "PageRef"];
                references.extend(attributes.iter().filter_map(|name| node.attribute(*name)).map(|id| id.parse::<u32>().unwrap()));
                if node.tag_name().name() == "ObjectRef" {
                    references.push(node.text().unwrap().parse().unwrap());
                }
            }
        }
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{slug}: an ID stands twice");
        assert!(references.iter().all(|id| unique.contains(id)), "{slug}");
        let largest: u32 = text_of(&read(find(&parts, "Doc_0/Document.xml")), "MaxUnitID").parse().unwrap();
        assert_eq!(unique.last(), Some(&largest), "{slug}");
    }
}

#[test]
fn text_has_a_step_for_each_character_and_its_font_has_them_all() {
    let parts = lay_out(&certificate("construction-permit", 0), &template("construction-permit")).unwrap().ofd().unwrap().parts;
    let resources = read(find(&parts, "Doc_0/PublicRes.xml"));
    let mut checked = 0;
    for part in parts.iter().filter(|part| part.path.ends_with("/Content.xml")) {
        for object in named(&read(part), "TextObject") {
            let code = object.children().find(|node| node.has_tag_name(("http://www.ofdspec.org/2016", "TextCode"))).unwrap();
            let text = code.text().unwrap();
            let steps = code.attribute("DeltaX").map_or(0, |steps| numbers(steps).len());
            assert_eq!(steps + 1, text.chars().count(), "{text}");
            let id = object.attribute("Font").unwrap();
            let file = named(&resources, "Font").find(|font| font.attribute("ID") == Some(id)).unwrap();
            let path = format!("Doc_0/Res/{}", file.first_element_child().unwrap().text().unwrap());
            let bytes = &find(&parts, &path).bytes;
            // A font is a table directory with a character map among its tables.
            assert!(bytes.starts_with(b"OTTO") && bytes[..400].windows(4).any(|tag| tag == b"cmap"));
            checked += 1;
        }
    }
    assert!(checked > 40);
}

#[test]
fn metadata_attachment_and_tags_are_in_the_package() {
    let face = certificate("safety-officer", 0);
    let parts = lay_out(&face, &template("safety-officer")).unwrap().ofd().unwrap().parts;
    let ofd = read(find(&parts, "OFD.xml"));
    let data: Vec<_> =
        named(&ofd, "CustomData").map(|node| (node.attribute("Name").unwrap().to_owned(), node.text().unwrap().to_owned())).collect();
    let wanted: Vec<_> = face.metadata.iter().map(|datum| (datum.name.clone(), datum.value.clone())).collect();
    assert_eq!(data, wanted);
    assert_eq!(
        (text_of(&ofd, "Title"), text_of(&ofd, "Author"), text_of(&ofd, "CreationDate")),
        (face.name.clone(), face.issuer.name.clone(), "2026-03-02".into())
    );
    let id = text_of(&ofd, "DocID");
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(find(&parts, "Doc_0/Attachs/certificate.json").bytes, br#"{"v":1}"#);

    // The objects tagged as the number say the number.
    let tags = read(find(&parts, "Doc_0/Tags/Tag_0.xml"));
    let number = tags.descendants().find(|node| node.tag_name().name() == "ZZBH").unwrap();
    let objects: Vec<_> = number.children().filter_map(|node| node.text()).collect();
    let page = read(find(&parts, "Doc_0/Pages/Page_0/Content.xml"));
    let shown: String = named(&page, "TextObject")
        .filter(|node| objects.contains(&node.attribute("ID").unwrap()))
        .flat_map(|node| node.descendants().filter_map(|it| it.text().filter(|_| it.is_text())))
        .collect();
    assert_eq!(shown, face.number);
}
