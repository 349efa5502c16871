//! A document becomes a signed package in two steps, with the key between them.

use base64ct::{Base64, Encoding};
use chrono::NaiveDateTime;
use roxmltree::Node;

use super::{WriteFault, archive, escaped, list::root};
use crate::{
    digest::sm3,
    ofd::{
        Coverage, Limits, Provider, SignatureKind, Stamp, name, read,
        xml::{child_text, children, read_ofd},
    },
};

const OFD: &str = "OFD.xml";
const SM2_WITH_SM3: &str = "1.2.156.10197.1.501";
const SM3: &str = "1.2.156.10197.1.401";

/// How a document is signed.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningParameters {
    /// The program that signs.
    pub provider: Provider,
    /// When, in the signer's local time.
    pub time: NaiveDateTime,
    /// Where the seal is shown. The pages must be there.
    pub stamps: Vec<Stamp>,
    /// The seal (DER); none for a signature without one.
    pub seal: Option<Vec<u8>>,
}

/// A package that waits for its signed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// SM3 of Signature.xml: dataHash of a seal signature, or what a PKCS#7 signs.
    pub digest: [u8; 32],
    /// Signature.xml.
    pub description: Vec<u8>,
    /// Path of Signature.xml: propertyInfo of a seal signature.
    pub property_info: String,
    files: Vec<(String, Vec<u8>)>,
    value_file: String,
}

/// Makes Signatures.xml and Signature.xml for the files of an unsigned document, `OFD.xml` among them, and names them there.
///
/// # Errors
/// When `OFD.xml` is missing, cannot be read or names signatures already.
pub fn prepare(mut files: Vec<(String, Vec<u8>)>, parameters: &SigningParameters) -> Result<Prepared, WriteFault> {
    let place = files.iter().position(|(name, _)| name == OFD).ok_or(WriteFault::Missing(OFD))?;
    let ofd = files.remove(place).1;
    let (document, insert_at, prefix) = entrance(&ofd)?;
    let folder = document.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let signs = format!("{folder}Signs");
    let (list, description, value, seal) = (
        format!("{signs}/Signatures.xml"),
        format!("{signs}/Sign_0/Signature.xml"),
        format!("{signs}/Sign_0/SignedValue.dat"),
        format!("{signs}/Sign_0/Seal.esl"),
    );
    let mut named = ofd;
    let element = format!("<{prefix}Signatures>/{list}</{prefix}Signatures>");
    named.splice(insert_at..insert_at, element.into_bytes());
    files.push((OFD.to_owned(), named));
    let kind = if parameters.seal.is_some() { SignatureKind::Seal } else { SignatureKind::Sign };
    files.push((list, signature_list(kind, &description).into_bytes()));
    if let Some(bytes) = &parameters.seal {
        files.push((seal.clone(), bytes.clone()));
    }
    // The first entry is where every reader begins.
    files.sort_unstable_by(|(one, _), (other, _)| (one != OFD, one).cmp(&(other != OFD, other)));
    let seal = parameters.seal.is_some().then_some(seal);
    let text = signature_description(&files, parameters, seal.as_deref(), &value).into_bytes();
    files.push((description.clone(), text.clone()));
    Ok(Prepared { digest: sm3(&text), description: text, property_info: format!("/{description}"), files, value_file: value })
}

impl Prepared {
    /// The package with its signed value: a seal signature or a PKCS#7 of [`Self::digest`]. It is read back, and must be whole.
    ///
    /// # Errors
    /// When it is not: a name, page or part of the document that the strict reader finds fault with.
    pub fn finish(mut self, signed_value: &[u8]) -> Result<Vec<u8>, WriteFault> {
        self.files.push((self.value_file, signed_value.to_vec()));
        let bytes = archive(&self.files)?;
        let made = read(&bytes, &Limits::default())?;
        if let Some(fault) = made.faults.first() {
            return Err(WriteFault::Faulty(fault.to_string()));
        }
        match made.signatures.as_slice() {
            [only] if only.faults.is_empty() && only.coverage == Coverage::Whole => Ok(bytes),
            [only] => Err(WriteFault::Faulty(only.faults.first().map_or_else(|| "not whole".to_owned(), ToString::to_string))),
            _ => Err(WriteFault::Faulty("not one signature".to_owned())),
        }
    }
}

/// Document.xml, where `Signatures` belongs in OFD.xml (the last in DocBody), and the prefix of the namespace there.
fn entrance(ofd: &[u8]) -> Result<(String, usize, String), WriteFault> {
    let document = read_ofd(OFD, ofd, "OFD", &Limits::default())?;
    let mut bodies = children(document.root_element(), "DocBody");
    let (Some(body), None) = (bodies.next(), bodies.next()) else { return Err(WriteFault::Missing("one DocBody")) };
    if children(body, "Signatures").next().is_some() {
        return Err(WriteFault::Signed);
    }
    let path = child_text(body, "DocRoot").ok().flatten().ok_or(WriteFault::Missing("DocRoot"))?;
    let last = body.children().rfind(Node::is_element).ok_or(WriteFault::Missing("DocRoot"))?;
    let tag = ofd.get(body.range().start + 1..).unwrap_or_default();
    let written: Vec<u8> = tag.iter().copied().take_while(|byte| !b" \t\r\n/>".contains(byte)).collect();
    let prefix = String::from_utf8_lossy(&written).strip_suffix("DocBody").unwrap_or_default().to_owned();
    let name = name::resolved(OFD, &path).map_err(|fault| WriteFault::Location { path, fault })?;
    Ok((name, last.range().end, prefix))
}

fn signature_list(kind: SignatureKind, description: &str) -> String {
    let kind = match kind {
        SignatureKind::Seal => "Seal",
        SignatureKind::Sign => "Sign",
    };
    let item = format!("<ofd:Signature ID=\"1\" Type=\"{kind}\" BaseLoc=\"/{}\"/>", escaped(description));
    root("Signatures", &format!("<ofd:MaxSignId>1</ofd:MaxSignId>{item}"))
}

fn signature_description(files: &[(String, Vec<u8>)], parameters: &SigningParameters, seal: Option<&str>, value: &str) -> String {
    let Provider { name, version, company } = &parameters.provider;
    let mut provider = format!("<ofd:Provider ProviderName=\"{}\"", escaped(name));
    for (attribute, text) in [("Version", version), ("Company", company)] {
        if let Some(text) = text {
            provider.push_str(&format!(" {attribute}=\"{}\"", escaped(text)));
        }
    }
    let mut info = format!(
        "{provider}/><ofd:SignatureMethod>{SM2_WITH_SM3}</ofd:SignatureMethod>\
         <ofd:SignatureDateTime>{}</ofd:SignatureDateTime><ofd:References CheckMethod=\"{SM3}\">",
        parameters.time.format("%Y-%m-%d %H:%M:%S"),
    );
    for (name, bytes) in files {
        let digest = Base64::encode_string(&sm3(bytes));
        let name = escaped(name);
        info.push_str(&format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"));
    }
    info.push_str("</ofd:References>");
    for stamp in &parameters.stamps {
        let clip = stamp.clip.map_or(String::new(), |clip| format!(" Clip=\"{}\"", rectangle(clip)));
        info.push_str(&format!(
            "<ofd:StampAnnot ID=\"{}\" PageRef=\"{}\" Boundary=\"{}\"{clip}/>",
            escaped(&stamp.id),
            escaped(&stamp.page),
            rectangle(stamp.boundary),
        ));
    }
    if let Some(seal) = seal {
        info.push_str(&format!("<ofd:Seal><ofd:BaseLoc>/{}</ofd:BaseLoc></ofd:Seal>", escaped(seal)));
    }
    let value = escaped(value);
    root("Signature", &format!("<ofd:SignedInfo>{info}</ofd:SignedInfo><ofd:SignedValue>/{value}</ofd:SignedValue>"))
}

fn rectangle(numbers: [f64; 4]) -> String {
    numbers.map(|number| number.to_string()).join(" ")
}
