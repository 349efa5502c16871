//! An honest package, and ways to forge it.

use base64ct::{Base64, Encoding};
use verify::{
    Trust,
    digest::sm3,
    ofd::{self, Limits},
    ses::{
        Seal, Version,
        write::{SealDraft, SignatureDraft},
    },
    signature::sign_message,
};

use super::{
    Files, document,
    forged::{Entry, Forged},
    honest_package, sealed_package, signed_value, xml,
};
use crate::{
    authority::{World, key, now},
    seals::{draft, sealed},
};

pub(super) const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
pub(super) const LIST: &str = "Doc_0/Signs/Signatures.xml";
pub(super) const DESCRIPTION: &str = "Doc_0/Signs/Sign_0/Signature.xml";
pub(super) const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
pub(super) const SEAL: &str = "Doc_0/Signs/Sign_0/Seal.esl";

/// An honest package with its world.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) seal: Seal,
    pub(super) files: Files,
}

impl Scene {
    pub(super) fn new() -> Self {
        let world = World::new();
        let seal = sealed(&world, &draft(&world, Version::V4));
        let files = Self::unpacked(&honest_package(&world));
        Self { world, seal, files }
    }

    /// The root, and the certificates that a seal leaves out.
    pub(super) fn trust(&self) -> Trust {
        self.world.trust().with_signers([self.world.path()])
    }

    pub(super) fn unpacked(bytes: &[u8]) -> Files {
        ofd::read(bytes, &Limits::default()).unwrap().files.into_iter().map(|file| (file.name, file.bytes)).collect()
    }

    pub(super) fn file(&self, name: &str) -> Vec<u8> {
        self.files.iter().find(|(other, _)| other == name).unwrap().1.clone()
    }

    /// Packed by hand.
    pub(super) fn forged(&self, change: impl FnOnce(&mut Forged)) -> Vec<u8> {
        let mut forged = Forged::of(&self.files);
        change(&mut forged);
        forged.write()
    }

    /// With one entry more.
    pub(super) fn with(&self, name: &str, content: &[u8]) -> Vec<u8> {
        self.forged(|zip| zip.entries.push(Entry::stored(name, content)))
    }

    /// Changed after signing.
    pub(super) fn repacked(&self, change: impl FnOnce(&mut Files)) -> Vec<u8> {
        let mut files = self.files.clone();
        change(&mut files);
        ofd::write::archive(&files).unwrap()
    }

    /// Changed before signing: the signer himself is the attacker, or was fooled.
    pub(super) fn resigned(&self, change: impl FnOnce(&mut Files)) -> Vec<u8> {
        let mut files = self.files.clone();
        change(&mut files);
        let mut text = String::from_utf8(file_of(&mut files, DESCRIPTION).clone()).unwrap();
        for ((name, before), (_, after)) in self.files.iter().zip(&files) {
            if name != DESCRIPTION && name != VALUE {
                text = text.replace(&Base64::encode_string(&sm3(before)), &Base64::encode_string(&sm3(after)));
            }
        }
        self.finished(files, text)
    }

    /// Signature.xml changed before signing.
    pub(super) fn described(&self, change: impl FnOnce(&str) -> String) -> Vec<u8> {
        let text = String::from_utf8(self.file(DESCRIPTION)).unwrap();
        let changed = change(&text);
        assert_ne!(text, changed);
        self.finished(self.files.clone(), changed)
    }

    pub(super) fn finished(&self, mut files: Files, text: String) -> Vec<u8> {
        *file_of(&mut files, VALUE) = signed_value(&self.world, &self.seal, sm3(text.as_bytes()), &format!("/{DESCRIPTION}"));
        *file_of(&mut files, DESCRIPTION) = text.into_bytes();
        ofd::write::archive(&files).unwrap()
    }

    /// Under a seal that this maker made.
    pub(super) fn sealed_by(&self, maker: &[u8], seed: u8, change: impl FnOnce(&mut SealDraft)) -> Vec<u8> {
        let mut draft = draft(&self.world, Version::V4);
        change(&mut draft);
        let unsigned = draft.for_maker(maker).unwrap();
        let signature = sign_message(&key(seed).0, &unsigned.to_sign).unwrap();
        sealed_package(&self.world, document(), &unsigned.sealed(&signature).unwrap())
    }

    /// Signed with this certificate and key.
    pub(super) fn valued(&self, seal: &Seal, certificate: &[u8], seed: u8) -> Vec<u8> {
        let hash = sm3(&self.file(DESCRIPTION));
        self.repacked(|files| *file_of(files, VALUE) = self.value(seal, certificate, seed, hash, DESCRIPTION))
    }

    pub(super) fn value(&self, seal: &Seal, certificate: &[u8], seed: u8, data_hash: [u8; 32], description: &str) -> Vec<u8> {
        let path = format!("/{description}");
        let draft = SignatureDraft { seal: &seal.der, time: now(), data_hash, property_info: &path, certificate };
        let unsigned = draft.for_signer().unwrap();
        let signature = sign_message(&key(seed).0, &unsigned.to_sign).unwrap();
        unsigned.signed(&signature).unwrap().der
    }
}

impl Entry {
    pub(super) fn page() -> Self {
        Self::stored(PAGE, &bad_page())
    }
}

pub(super) fn bad_page() -> Vec<u8> {
    xml("Page", "<ofd:Content>面积 1250</ofd:Content>")
}

/// Another authority's seal, of the same length.
pub(super) fn other_seal(world: &World) -> Seal {
    let mut other = draft(world, Version::V4);
    other.id = "99011200000557".to_owned();
    (0_u8..50)
        .map(|byte| {
            other.picture.bytes = vec![byte; 4];
            sealed(world, &other)
        })
        .find(|seal| seal.der.len() == sealed(world, &draft(world, Version::V4)).der.len())
        .unwrap()
}

pub(super) fn file_of<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(other, _)| other == name).unwrap().1
}

pub(super) fn replace(files: &mut Files, name: &str, from: &str, to: &str) {
    let bytes = file_of(files, name);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} has {from}");
    *bytes = text.replace(from, to).into_bytes();
}

pub(super) fn rename(files: &mut Files, from: &str, to: &str) {
    to.clone_into(&mut files.iter_mut().find(|(name, _)| name == from).unwrap().0);
}

pub(super) fn without_reference(text: &str, file: &str) -> String {
    let start = text.find(&format!("<ofd:Reference FileRef=\"/{file}\"")).unwrap();
    let end = start + text[start..].find("</ofd:Reference>").unwrap() + "</ofd:Reference>".len();
    format!("{}{}", &text[..start], &text[end..])
}

/// A copy of the first signature under another number.
pub(super) fn add_signature(files: &mut Files) {
    let second = "<ofd:Signature ID=\"2\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_1/Signature.xml\"/></ofd:Signatures>";
    replace(files, LIST, "</ofd:Signatures>", second);
    for name in [DESCRIPTION, VALUE, SEAL] {
        let bytes = file_of(files, name).clone();
        files.push((name.replace("Sign_0", "Sign_1"), bytes));
    }
    replace(files, "Doc_0/Signs/Sign_1/Signature.xml", "Sign_0/SignedValue.dat", "Sign_1/SignedValue.dat");
    replace(files, "Doc_0/Signs/Sign_1/Signature.xml", "BaseLoc>/Doc_0/Signs/Sign_0", "BaseLoc>/Doc_0/Signs/Sign_1");
}
