//! Receipts: what they prove, and what is said of those that prove nothing.

use tlog::{
    CheckpointFault, ProofFault, Receipt, ReceiptFault, Salt, Trust, inclusion_proof,
    note::NoteFault,
    receipt::{MAX_BYTES, VERSION},
    verify_receipt,
};

use crate::reference::{Memory, ORIGIN, Signer, commitment, event, log_signer, salt, trust};

fn receipt(log: &mut Memory, index: u64) -> Receipt {
    let tree_size = log.edge.size();
    Receipt {
        v: VERSION,
        leaf: commitment(index).leaf(),
        index,
        tree_size,
        path: inclusion_proof(log, index, tree_size).unwrap(),
        checkpoint: String::from_utf8(log.latest().to_vec()).unwrap(),
        salt: salt(index),
    }
}

#[test]
fn a_receipt_proves_its_event_to_anybody() {
    let mut log = Memory::grown([300]);
    for index in [0, 1, 255, 256, 299] {
        let receipt = receipt(&mut log, index);
        let json = serde_json::to_vec(&receipt).unwrap();
        let again = Receipt::from_json(&json).unwrap();
        assert_eq!(again, receipt);
        let included = verify_receipt(&again, &event(index), &trust()).unwrap();
        assert_eq!((included.index, included.size, included.root), (index, 300, log.edge.root()));
        assert_eq!(included.signers.log, [log_signer().key]);
    }
}

#[test]
fn an_erased_event_is_still_included_and_opened_by_nothing() {
    let mut log = Memory::grown([40]);
    let whole = receipt(&mut log, 7);
    let erased = Receipt { salt: Salt([0; 32]), ..whole };
    assert!(erased.included(&trust()).is_ok());
    assert!(matches!(verify_receipt(&erased, &event(7), &trust()), Err(ReceiptFault::Event { .. })));
}

#[test]
fn what_is_wrong_is_named() {
    let mut log = Memory::grown([40]);
    let good = receipt(&mut log, 7);
    let found = |receipt: Receipt, event: &[u8], trust: &Trust| verify_receipt(&receipt, event, trust).unwrap_err();
    let of = |receipt: Receipt| found(receipt, &event(7), &trust());
    assert!(matches!(found(good.clone(), &event(8), &trust()), ReceiptFault::Event { .. }));
    assert!(matches!(of(Receipt { leaf: commitment(8).leaf(), ..good.clone() }), ReceiptFault::Event { .. }));
    assert!(matches!(of(Receipt { index: 8, ..good.clone() }), ReceiptFault::Proof(ProofFault::Root { .. })));
    assert_eq!(of(Receipt { index: 40, ..good.clone() }), ReceiptFault::Proof(ProofFault::Beyond { index: 40, size: 40 }));
    assert_eq!(of(Receipt { tree_size: 41, ..good.clone() }), ReceiptFault::Size { receipt: 41, checkpoint: 40 });
    assert_eq!(of(Receipt { v: 2, ..good.clone() }), ReceiptFault::Version(2));
    let longer = [&good.path[..], &good.path[..1]].concat();
    assert_eq!(of(Receipt { path: longer, ..good.clone() }), ReceiptFault::Proof(ProofFault::Length { expected: 6, found: 7 }));
    assert!(matches!(
        of(Receipt { checkpoint: "x".to_owned(), ..good.clone() }),
        ReceiptFault::Checkpoint(CheckpointFault::Note(NoteFault::Unsigned))
    ));
    let stranger = Trust::of_log(ORIGIN, vec![Signer::new(ORIGIN, 9).key]);
    assert!(matches!(found(good.clone(), &event(7), &stranger), ReceiptFault::Checkpoint(CheckpointFault::NotSigned { .. })));
    let elsewhere = Trust { origin: "other.example/log".to_owned(), ..trust() };
    assert!(matches!(found(good, &event(7), &elsewhere), ReceiptFault::Checkpoint(CheckpointFault::Origin { .. })));
}

#[test]
fn every_altered_bit_is_found() {
    let mut log = Memory::grown([9]);
    let json = serde_json::to_vec(&receipt(&mut log, 4)).unwrap();
    for place in 0..json.len() {
        for bit in 0..8 {
            let mut other = json.clone();
            other[place] ^= 1 << bit;
            let verified = Receipt::from_json(&other).and_then(|receipt| verify_receipt(&receipt, &event(4), &trust()));
            assert!(verified.is_err(), "byte {place} bit {bit}: {}", String::from_utf8_lossy(&other));
        }
    }
}

#[test]
fn only_the_one_form_is_read() {
    let json = serde_json::to_string(&receipt(&mut Memory::grown([9]), 4)).unwrap();
    let wrong = [
        json.replace("\"v\":1", "\"v\":2"),
        json.replace("\"v\":1", "\"v\":1,\"v\":1"),
        json.replace("\"v\":1", "\"v\":1,\"more\":1"),
        json.replace("\"index\":4", "\"index\":-4"),
        json.replace("\"index\":4", "\"index\":4.5"),
        json.replace("\"index\":4", "\"index\":18446744073709551616"),
        json.replace("\"leaf\":\"", "\"leaf\":\"0x"),
        format!("{json}x"),
        format!("{}{json}", " ".repeat(MAX_BYTES)),
        "[".repeat(10_000),
    ];
    for json in wrong {
        assert!(Receipt::from_json(json.as_bytes()).is_err());
    }
    assert!(Receipt::from_json(json.as_bytes()).is_ok());
}
