//! Keys that are certified elsewhere: made here, encrypted, and waiting in `requests` with the request (PKCS#10) for their
//! certificate.

use std::path::{Path, PathBuf};

use super::authority_ca::{make_folder, signing_key};
use super::{Holder, SignError, certificate, key_file};

/// Where a key waits for its certificate.
pub(super) fn waiting_key(keys: &Path, holder: &Holder) -> PathBuf {
    keys.join("requests").join(format!("{}.key.pem", holder.name()))
}

/// Writes the request to certify a key, `requests/<name>.csr.pem`, and says where; the key beside it is made where there is none
/// yet, so that a request can be written again. `code` is the credit code of the holder: for a signer its authority's.
///
/// # Errors
/// A wrong passphrase for a key that is there, files that cannot be read or written.
pub fn create_request(keys: &Path, holder: &Holder, name: &str, code: Option<&str>, passphrase: &str) -> Result<PathBuf, SignError> {
    let code = match (holder, code) {
        (Holder::Signer(code), _) => Some(code.as_str()),
        (_, code) => code,
    };
    code.map_or(Ok(()), super::holder::check_code)?;
    let path = waiting_key(keys, holder);
    make_folder(&keys.join("requests"))?;
    let secret = if path.exists() {
        key_file::read(&path, passphrase)?
    } else {
        let made = key_file::generate()?;
        key_file::write(&path, &made, passphrase)?;
        made
    };
    let subject = certificate::subject_for(name, code, false)?;
    let request = certificate::request(&signing_key(&secret, name)?, holder.role(), &subject)?;
    let to = keys.join("requests").join(format!("{}.csr.pem", holder.name()));
    std::fs::write(&to, request).map_err(|source| SignError::File { path: to.clone(), action: "written", source })?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The peer that `./test` has: OpenSSL reads the request, finds its signature right, and says whose it is.
    #[test]
    fn openssl_verifies_the_request_and_the_key_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let holder = Holder::of("11990000000000GX2C").unwrap();
        let path = create_request(folder.path(), &holder, "测试省住房和城乡建设厅", None, "口令").unwrap();
        let openssl = |arguments: &[&str]| {
            let output = std::process::Command::new("openssl").args(arguments).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            (output.status.success(), text)
        };
        let file = path.to_str().unwrap();
        let id = "distid:1234567812345678";
        let (fine, text) = openssl(&["req", "-in", file, "-verify", "-vfyopt", id, "-noout", "-text"]);
        assert!(fine && text.contains("verify OK"), "{text}");
        for part in ["11990000000000GX2C", "SM2", "Digital Signature, Non Repudiation"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        // A changed request does not verify: the first letter of its key or signature is another one.
        let mut changed = std::fs::read(&path).unwrap();
        let place = changed.len() - 60;
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let other = folder.path().join("changed.pem");
        std::fs::write(&other, changed).unwrap();
        let (_, text) = openssl(&["req", "-in", other.to_str().unwrap(), "-verify", "-vfyopt", id, "-noout"]);
        assert!(!text.contains("verify OK"), "{text}");

        let key = std::fs::read(waiting_key(folder.path(), &holder)).unwrap();
        create_request(folder.path(), &holder, "测试省住房和城乡建设厅", None, "口令").unwrap();
        assert_eq!(std::fs::read(waiting_key(folder.path(), &holder)).unwrap(), key, "asked again, it is the same key");
        assert!(matches!(create_request(folder.path(), &holder, "x", None, "other"), Err(SignError::Key { .. })));
    }
}
