//! What a template or a certificate can do wrong.

use render::{Fault, RenderError, Template, lay_out};
use verify::Lang;

use crate::certificates::{certificate, copy, template};
use crate::forms::set;

fn fails(text: &str) -> RenderError {
    let face = certificate("safety-officer", 0);
    Template::new(text).and_then(|template| lay_out(&face, &template)).map(|sheet| sheet.texts().concat()).unwrap_err()
}

fn fault(text: &str) -> Fault {
    match fails(text) {
        RenderError::Template(faults) => faults[0].clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_fault_is_named_with_file_line_and_column() {
    let found = fault("#import \"/zhengzhao.typ\": *\n测试 #unheard-of\n");
    assert_eq!((found.file.as_str(), found.line, found.column), ("face.typ", 2, 5), "{found}");
    assert!(found.message(Lang::Zh).starts_with("face.typ 第 2 行第 5 列：没有名为 unheard-of 的变量"), "{}", found.message(Lang::Zh));
    let found = fault("#let x = (\n");
    assert_eq!((found.line, found.file.as_str()), (1, "face.typ"));
}

#[test]
fn a_property_that_the_type_lacks_is_named_at_the_templates_own_line() {
    let found = fault("#import \"/zhengzhao.typ\": *\n\n#value(\"nmae\")\n");
    assert_eq!((found.file.as_str(), found.line), ("face.typ", 3), "{found}");
    assert!(found.message(Lang::Zh).contains("此类型没有属性 nmae"), "{}", found.message(Lang::Zh));
}

#[test]
fn a_template_reaches_no_file_no_package_no_date_and_no_plugin() {
    for text in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../Cargo.toml\")",
        "#image(\"/photo.png\")",
        "#import \"@preview/cetz:0.3.4\"",
        "#include \"/other.typ\"",
        "#datetime.today().display()",
        "#plugin(bytes((0, 97, 115, 109)))",
        "#std.plugin(bytes((0, 97, 115, 109)))",
    ] {
        assert!(matches!(fails(text), RenderError::Template(_)), "{text}");
    }
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    assert!(fault("#let x = 0\n#while x < 1 { x = x * 2 }").message.contains("infinite"));
    assert!(fault("#let f(x) = f(x + 1)\n#f(1)").message.contains("depth"));
}

#[test]
fn more_than_the_limits_is_refused() {
    let refused = |error| matches!(error, RenderError::TooMuch { .. });
    assert!(refused(fails(&"// long\n".repeat(40_000))));
    assert!(refused(fails("#for _ in range(50) { pagebreak(); [x] }")));
    let mut face = certificate("safety-officer", 0);
    set(&mut face, "employerName", &"测".repeat(500_000));
    assert!(refused(lay_out(&face, &template("safety-officer")).unwrap_err()));
}

#[test]
fn a_character_without_glyph_is_named_with_its_field() {
    let mut face = certificate("safety-officer", 0);
    set(&mut face, "personName", "测试🙂");
    let error = lay_out(&face, &template("safety-officer")).unwrap_err();
    assert_eq!(error, RenderError::MissingGlyph { character: '🙂', mark: Some("personName".to_owned()), page: 1 });
}

#[test]
fn text_beyond_the_page_is_an_error() {
    let error = fails("#import \"/zhengzhao.typ\": *\n#set page(margin: 0mm)\n#at(200, 10, value(\"issuer\"))");
    assert!(matches!(&error, RenderError::OutsidePage { mark: Some(mark), page: 1, .. } if mark == "issuer"), "{error}");
}

#[test]
fn a_template_cannot_leave_out_the_mark_of_copies() {
    let mut face = certificate("safety-officer", 0);
    face.copy = Some(copy());
    let template = Template::new("#set page(foreground: none)\n测试").unwrap();
    assert_eq!(lay_out(&face, &template).unwrap_err(), RenderError::CopyMarkMissing { page: 1 });
}

#[test]
fn what_one_of_the_documents_could_not_show_is_refused() {
    for text in [
        "#rect(fill: gradient.linear(red, blue))",
        "#text(fill: gradient.linear(red, blue))[测试]",
        "#box(clip: true, radius: 3mm, rect(fill: red))",
        "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>\"))",
    ] {
        assert!(matches!(fails(text), RenderError::NotInBoth { page: 1, .. }), "{text}");
    }
}

#[test]
fn photos_and_attachments_are_looked_at_first() {
    let with = |change: fn(&mut render::Face)| {
        let mut face = certificate("safety-officer", 0);
        change(&mut face);
        lay_out(&face, &template("safety-officer")).unwrap_err()
    };
    let photo = with(|face| drop(face.photos.insert("photo".to_owned(), b"GIF89a".as_slice().into())));
    assert!(matches!(photo, RenderError::Photo { .. }), "{photo}");
    let name = with(|face| face.attachments[0].name = "../x".to_owned());
    assert!(matches!(name, RenderError::AttachmentName { .. }), "{name}");
    let control = with(|face| face.metadata[0].value = "a\u{1}".to_owned());
    assert!(matches!(control, RenderError::ControlCharacter { code: 1, .. }), "{control}");
    let qr = with(|face| face.qr = Some("长".repeat(500)));
    assert!(matches!(qr, RenderError::Qr { bytes: 1500 }), "{qr}");
}
