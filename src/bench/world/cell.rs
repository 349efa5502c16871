//! One cell of the world: the same arrangement everywhere, with other people and firms in it.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The types, the officers' first.
pub const TYPES: [&str; 15] = [
    "SafetyOfficerCertificate",
    "ConstructionEnterpriseQualification",
    "SafetyProductionLicence",
    "BusinessLicence",
    "SpecialOperationCertificate",
    "AssociateConstructorCertificate",
    "DrivingLicence",
    "RealEstateCertificate",
    "LabourDispatchLicence",
    "SurveyDesignQualification",
    "MedicalInstitutionLicence",
    "PublicPlaceHygieneLicence",
    "ConstructionPermit",
    "CompletionFiling",
    "PresalePermit",
];
/// Places of the types that the relation `employerCertificates` reaches.
pub(super) const EMPLOYERS: [usize; 3] = [1, 2, 3];
/// Post categories of safety officers.
pub const CATEGORIES: [&str; 5] = ["C3", "B", "C2", "A", "C1"];

const FIRMS: u64 = 48;

/// Who holds a certificate, by number within the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    Person(u64),
    Firm(u64),
    /// Hospitals, shops, builders: each with one certificate.
    Other(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In [`TYPES`].
    pub ty: usize,
    pub holder: Holder,
    /// The firm that employs a person; a firm's own number else.
    pub employer: u64,
    /// In [`CATEGORIES`]; for safety officers only.
    pub category: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Cell {
    places: Vec<Place>,
    pub(super) persons: u64,
    pub(super) firms: u64,
    pub(super) others: u64,
}

impl Cell {
    pub(super) fn new(seed: u64) -> Self {
        let mut cell = Self { places: Vec::new(), persons: 0, firms: FIRMS, others: 0 };
        let mut chance = StdRng::seed_from_u64(seed);
        for firm in 0..FIRMS {
            cell.firm(firm, &mut chance);
            // 160, 83, 56 … 4: close to Zipf's law.
            for _ in 0..(160 / (firm + 1)).max(4) {
                cell.person(firm, &mut chance);
            }
        }
        for (ty, count) in [(10, 4), (11, 14), (12, 8), (13, 6), (14, 5)] {
            for _ in 0..count {
                cell.places.push(Place { ty, holder: Holder::Other(cell.others), employer: 0, category: 0 });
                cell.others += 1;
            }
        }
        cell
    }

    fn firm(&mut self, firm: u64, chance: &mut StdRng) {
        let held = |ty| Place { ty, holder: Holder::Firm(firm), employer: firm, category: 0 };
        self.places.push(held(3));
        for (ty, share) in [(2, 80), (1, 70), (8, 10), (9, 8)] {
            if chance.random_range(0..100) < share {
                self.places.push(held(ty));
            }
        }
    }

    fn person(&mut self, firm: u64, chance: &mut StdRng) {
        let holder = Holder::Person(self.persons);
        self.persons += 1;
        let held = |ty, category| Place { ty, holder, employer: firm, category };
        let categories = match chance.random_range(0..100) {
            0..6 => 0,
            6..40 => 1,
            40..65 => 2,
            65..85 => 3,
            85..95 => 4,
            _ => 5,
        };
        let from = if chance.random_range(0..100) < 60 { 0 } else { chance.random_range(0..CATEGORIES.len()) };
        for category in 0..categories {
            self.places.push(held(0, (from + category) % CATEGORIES.len()));
        }
        for (ty, share) in [(4, 40), (5, 16), (6, 28), (7, 6)] {
            if chance.random_range(0..100) < share || (categories == 0 && ty == 4) {
                self.places.push(held(ty, 0));
            }
        }
    }

    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.places.len()).unwrap_or(1)
    }

    pub(super) fn place(&self, number: u64) -> Place {
        self.places[usize::try_from(number).unwrap_or_default() % self.places.len()]
    }
}
