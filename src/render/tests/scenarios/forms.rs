//! Both documents of every type.

use render::{Sheet, lay_out};
use serde_json::Value;

use crate::certificates::{certificate, copy, plain, schema, slugs, template};
use crate::ofd::texts;

fn sheet(slug: &str, example: usize) -> Sheet {
    lay_out(&certificate(slug, example), &template(slug)).unwrap_or_else(|error| panic!("{slug} {example}: {error}"))
}

#[test]
fn every_type_has_a_face_and_both_documents_say_the_same() {
    for slug in slugs() {
        let sheet = sheet(slug, 0);
        let pdf = sheet.pdf().unwrap_or_else(|error| panic!("{slug}: {error}"));
        assert!(pdf.starts_with(b"%PDF-1.7"), "{slug}");
        let parts = sheet.ofd().unwrap_or_else(|error| panic!("{slug}: {error}")).parts;
        let shown: Vec<_> = sheet.texts().iter().map(|text| plain(text)).collect();
        assert_eq!(texts(&parts), shown, "{slug}");
        assert!(shown.concat().contains("测试省住房和城乡建设厅"), "{slug}");
        assert!(!sheet.seals().is_empty(), "{slug} has no place for a seal");
        for name in ["name", "number", "identifier"] {
            assert!(sheet.marks().iter().any(|mark| mark.name == name), "{slug} does not show its {name}");
        }
    }
}

#[test]
fn examples_with_few_data_have_a_face_too() {
    for slug in slugs() {
        let sheet = sheet(slug, 1);
        assert!(!sheet.texts().concat().contains("none"), "{slug}");
        sheet.pdf().unwrap_or_else(|error| panic!("{slug}: {error}"));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for slug in ["safety-officer", "construction-permit"] {
        let (one, two) = (sheet(slug, 0), sheet(slug, 0));
        assert_eq!(one.pdf().unwrap(), two.pdf().unwrap(), "{slug}");
        assert_eq!(one.ofd().unwrap(), two.ofd().unwrap(), "{slug}");
    }
}

#[test]
fn measured_values_stand_at_their_measured_places() {
    for slug in ["safety-officer", "special-operation", "associate-constructor"] {
        let sheet = sheet(slug, 0);
        let file: Value = serde_json::from_str(&std::fs::read_to_string(schema().join(format!("{slug}.json"))).unwrap()).unwrap();
        let mut compared = 0;
        for item in file["x-certificate"]["face"]["items"].as_array().unwrap() {
            let name = item["field"].as_str().unwrap();
            let Some((x, y)) = item["x"].as_f64().zip(item["y"].as_f64()) else { continue };
            if name == "seal" {
                assert_eq!((sheet.seals()[0].x, sheet.seals()[0].y), (x, y), "{slug}");
            }
            // Of a date in parts, the first is compared; a centred line begins further right.
            let begins = item["part"].as_str().is_none_or(|part| part == "year") && item["align"].is_null();
            let Some(mark) = sheet.marks().iter().find(|mark| mark.name == name).filter(|_| begins) else { continue };
            assert!((mark.x - x).abs() < 0.5, "{slug} {name}: x {} instead of {x}", mark.x);
            assert!(mark.y > y - 1.0 && mark.y < y + 6.0, "{slug} {name}: y {} instead of {y}", mark.y);
            compared += 1;
        }
        assert!(compared >= 6, "{slug}: {compared}");
    }
}

#[test]
fn a_card_has_the_size_of_a_card() {
    let sheet = sheet("driving-licence", 0);
    let sizes: Vec<_> = sheet.pages().iter().map(|page| (page.width.round(), page.height.round())).collect();
    assert_eq!(sizes, [(88.0, 60.0), (88.0, 60.0)]);
}

#[test]
fn a_copy_says_on_every_page_who_made_it_for_what_and_until_when() {
    for slug in ["safety-officer", "construction-permit", "driving-licence"] {
        let mut face = certificate(slug, 0);
        face.copy = Some(copy());
        let sheet = lay_out(&face, &template(slug)).unwrap();
        for page in sheet.texts() {
            let text = plain(page);
            for wanted in [copy().maker, copy().purpose, copy().expires] {
                assert!(text.contains(&wanted), "{slug}: {wanted} is missing in {text}");
            }
        }
        assert_eq!(texts(&sheet.ofd().unwrap().parts), sheet.texts().iter().map(|text| plain(text)).collect::<Vec<_>>());
        // `lay_out` refuses text beyond the page, so nothing of the mark is cut off however long it is.
        face.copy =
            Some(render::CopyMark {
                purpose: "测试用途很长".repeat(30), maker: "测试制作者很长".repeat(20), expires: copy().expires
            });
        lay_out(&face, &template(slug)).unwrap();
    }
}

#[test]
fn long_values_wrap_and_many_fields_go_to_a_second_page() {
    let mut face = certificate("construction-permit", 0);
    let long = "测试省样例市".repeat(60);
    for field in &mut face.fields {
        if let Some(render::Shown::Text { text }) = &mut field.shown {
            *text = if field.name == "scale" { "A1-".repeat(80) } else { long.clone() };
        }
    }
    let sheet = lay_out(&face, &template("construction-permit")).unwrap();
    assert!(sheet.pages().len() > 2);
    let text = plain(&sheet.texts().concat());
    assert!(text.contains(&"A1-".repeat(80)), "a long code is copied out whole");
    for page in 1..=sheet.pages().len() {
        assert!(text.contains(&format!("第{page}页共{}页", sheet.pages().len())));
    }
}

#[test]
fn rare_characters_are_shown_from_the_second_font() {
    let mut face = certificate("safety-officer", 0);
    set(&mut face, "personName", "㐂𬭛𫍣");
    let sheet = lay_out(&face, &template("safety-officer")).unwrap();
    assert!(sheet.texts()[0].contains("㐂"));
    assert_eq!(texts(&sheet.ofd().unwrap().parts), [plain(&sheet.texts()[0])]);
}

#[test]
fn labels_speak_the_language_of_the_face() {
    let mut face = certificate("labour-dispatch-licence", 0);
    face.lang = verify::Lang::En;
    let text = lay_out(&face, &template("labour-dispatch-licence")).unwrap().texts().concat();
    assert!(text.contains("Issued by:") && text.contains("Scan to verify") && !text.contains("颁发日期"));
}

pub(crate) fn set(face: &mut render::Face, name: &str, text: &str) {
    let field = face.fields.iter_mut().find(|field| field.name == name).unwrap();
    field.shown = Some(render::Shown::Text { text: text.to_owned() });
}
