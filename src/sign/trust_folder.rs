//! The folder of what is trusted: roots, signers that others name without their issuers, lists of revoked certificates.
//!
//! ```text
//! DIR/*.pem           roots
//! DIR/signers/*.pem   chains, signer first; trusted no more than any other that leads to a root
//! DIR/revocations/    lists of revoked certificates (*.crl) and answers of authorities (*.ocsp), DER
//! ```

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use verify::Trust;
use verify::chain::X509;
use verify::revocation::Revocations;

use super::SignError;

/// Reads the folder. One without roots makes a trust in nobody.
///
/// # Errors
/// A folder or file that cannot be read, or a certificate that cannot be used, by name.
pub fn read_trust(folder: &Path) -> Result<Trust, SignError> {
    let ders = |certificates: Vec<X509>| certificates.iter().map(|one| one.der().to_vec()).collect::<Vec<_>>();
    let mut roots = Vec::new();
    for file in files(folder, "pem")? {
        roots.extend(ders(certificates(&file)?));
    }
    let below = folder.join("signers");
    let mut chains = Vec::new();
    if below.is_dir() {
        for file in files(&below, "pem")? {
            chains.push(ders(certificates(&file)?));
        }
    }
    let fault = |source| SignError::Certificate { path: folder.into(), source };
    Ok(Trust::from_der(&roots).map_err(fault)?.with_signers(chains).with_revocations(revocations(&folder.join("revocations"))?))
}

/// Files, their sizes and times.
pub type TrustState = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// What lies in the folder, without reading it: another one says that the folder should be read again.
///
/// # Errors
/// A folder that cannot be read.
pub fn trust_state(folder: &Path) -> Result<TrustState, SignError> {
    let mut state = Vec::new();
    for (folder, endings) in
        [(folder.to_owned(), &["pem"][..]), (folder.join("signers"), &["pem"]), (folder.join("revocations"), &["crl", "ocsp"])]
    {
        for ending in endings {
            for path in if folder.is_dir() { files(&folder, ending)? } else { Vec::new() } {
                let metadata = std::fs::metadata(&path).map_err(|source| SignError::File { path: path.clone(), action: "read", source })?;
                state.push((path, metadata.len(), metadata.modified().ok()));
            }
        }
    }
    Ok(state)
}

/// A file that cannot be used is told: whoever put it there relies on it.
fn revocations(folder: &Path) -> Result<Revocations, SignError> {
    if !folder.is_dir() {
        return Ok(Revocations::new());
    }
    let read = |ending: &str| -> Result<Vec<Vec<u8>>, SignError> {
        let bytes = |path: PathBuf| std::fs::read(&path).map_err(|source| SignError::File { path, action: "read", source });
        files(folder, ending)?.into_iter().map(bytes).collect()
    };
    let found = Revocations::read(&read("crl")?, &read("ocsp")?);
    match found.unusable().first() {
        None => Ok(found),
        Some(unusable) => Err(SignError::RevocationData { folder: folder.into(), why: unusable.fault.to_string() }),
    }
}

fn certificates(file: &Path) -> Result<Vec<X509>, SignError> {
    let text = std::fs::read_to_string(file).map_err(|source| SignError::File { path: file.into(), action: "read", source })?;
    X509::from_pem(&text).map_err(|source| SignError::Certificate { path: file.into(), source })
}

/// The files of a folder with this ending, by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, SignError> {
    let fault = |source| SignError::File { path: folder.into(), action: "read", source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
