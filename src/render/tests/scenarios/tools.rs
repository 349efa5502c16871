//! What qpdf and poppler say of our PDFs.

use std::path::{Path, PathBuf};
use std::process::Command;

use render::{Seal, SealShape, lay_out};

use crate::certificates::{certificate, copy, plain, template};

const TYPES: [&str; 5] = ["safety-officer", "special-operation", "associate-constructor", "driving-licence", "construction-permit"];

/// None where the tools are not promised.
fn folder() -> Option<PathBuf> {
    std::env::var_os("ZHENGZHAO_TEST_PDF_TOOLS")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faces");
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

fn run(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {}: {text}{}", file.display(), String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn pdfs_are_whole_their_fonts_embedded_and_their_text_is_read_in_order() {
    let Some(folder) = folder() else { return };
    for slug in TYPES {
        let mut face = certificate(slug, 0);
        face.copy = (slug == "safety-officer").then(copy);
        let sheet = lay_out(&face, &template(slug)).unwrap();
        let file = folder.join(format!("{slug}.pdf"));
        std::fs::write(&file, sheet.pdf().unwrap()).unwrap();
        let ofd = folder.join(slug);
        for part in sheet.ofd().unwrap().parts {
            let path = ofd.join(&part.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, part.bytes).unwrap();
        }
        assert!(run("qpdf", &["--check"], &file).contains("No syntax or stream encoding errors found"));
        let fonts = run("pdffonts", &[], &file);
        for line in fonts.lines().skip(2) {
            let columns: Vec<_> = line.split_whitespace().rev().collect();
            // … emb sub uni object ID, from the right.
            assert_eq!(columns[2..5], ["yes", "yes", "yes"], "{line}");
        }
        let text = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&file).arg("-").output().unwrap();
        let text = plain(&String::from_utf8(text.stdout).unwrap());
        for name in [&face.number, &face.issuer.name] {
            assert!(text.contains(&plain(name)), "{slug}: {name} is not in {text}");
        }
        let mut wanted: Vec<char> = plain(&sheet.texts().concat()).chars().collect();
        let mut found: Vec<char> = text.chars().collect();
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted, "{slug}");
        let attached = run("pdfdetach", &["-list"], &file);
        assert!(attached.contains("certificate.json"), "{slug}: {attached}");
    }
}

#[test]
fn a_seal_is_a_pdf_page() {
    let Some(folder) = folder() else { return };
    let shapes = [
        ("round", SealShape::Round { diameter: 42.0, star: true }),
        ("plain", SealShape::Round { diameter: 40.0, star: false }),
        ("oval", SealShape::Oval { width: 45.0, height: 30.0 }),
    ];
    for (name, shape) in shapes {
        let seal = Seal {
            authority: "测试省住房和城乡建设厅".into(),
            second_line: Some("电子证照专用章".into()),
            code: Some("9900000012345".into()),
            shape,
        };
        let drawing = seal.draw().unwrap();
        let file = folder.join(format!("seal-{name}.pdf"));
        std::fs::write(&file, drawing.pdf()).unwrap();
        std::fs::write(folder.join(format!("seal-{name}.png")), drawing.png(300).unwrap()).unwrap();
        assert!(run("qpdf", &["--check"], &file).contains("No syntax or stream encoding errors found"));
    }
}
