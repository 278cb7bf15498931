//! Offloads to be disturbed: a card, two drives, and how each ends where nothing goes wrong.

use super::*;
use crate::{
    asc,
    tree::simulated::{Call, Contents},
};

/// An offload that can be done again and again from the same beginning.
pub(super) struct Job {
    pub(super) name: &'static str,
    pub(super) card: Simulated,
    /// As they are before it; each also holds something that is none of its business.
    pub(super) drives: [Simulated; 2],
    format: Format,
    /// Whether it takes up what an earlier one did.
    resume: bool,
    /// What stands on a drive at the end, for each time at which it may have been done.
    pub(super) ends: Vec<Contents>,
    /// It has nothing that another job lacks: the first to look at.
    pub(super) is_plain: bool,
    pub(super) has_histories_within: bool,
    /// What an undisturbed run does to the first drive.
    pub(super) count: Count,
    /// The call that gives the last of the card's files its name.
    pub(super) last_name: u64,
    /// The same of its files that are read, by inode.
    pub(super) reads: BTreeMap<Inode, u64>,
    /// What it does to the card.
    pub(super) card_count: Count,
    pub(super) card_reads: BTreeMap<Inode, u64>,
}

/// Runs of a case, one after the other, each at a time of its own. What a card or a drive had before is
/// of run 0.
const RUNS: u64 = 5;

impl Job {
    pub(super) fn all() -> Vec<Job> {
        let classic = || Job::first("classic", card(1, &CLIPS), Format::Classic);
        let asc = || Job::first("asc", card(1, &CLIPS), Format::Asc);
        let listed = classic().copied();
        let sealed = asc().copied();
        let sound = || Job::first("sound", card(1, &[SOUND]), Format::Asc).copied();
        let with = |mut contents: Contents, more: &str, folder: &Contents| {
            let card = Simulated::new(1);
            contents.extend(folder.iter().map(|(p, thing)| (format!("{more}/{p}"), thing.clone())));
            card.put_all(&contents);
            card
        };
        let grown = |contents: Contents| {
            let card = with(contents, "", &Contents::new());
            card.put(SOUND.0, SOUND.1, 1_700_000_000);
            card
        };
        let sounded = |mut contents: Contents| {
            let sound = sound();
            let folder = card(1, &[SOUND]).contents().remove("Sound").unwrap();
            contents.insert("Sound".to_owned(), folder);
            with(contents, "Sound", &sound)
        };
        vec![
            classic(),
            asc(),
            Job::first("own list", with(listed.clone(), "", &Contents::new()), Format::Classic),
            Job::first("own list of a part", grown(listed), Format::Classic),
            Job::first("own history", with(sealed.clone(), "", &Contents::new()), Format::Asc),
            Job::first("own histories", sounded(sealed), Format::Asc),
            Job::first("history within", sounded(card(1, &CLIPS).contents()), Format::Asc),
            classic().going_on("grown classic", grown(classic().card.contents())),
            asc().going_on("grown asc", grown(asc().card.contents())),
            asc().going_on("a history within that is new", sounded(asc().card.contents())),
        ]
    }

    /// A job on drives where the roll does not stand yet.
    fn first(name: &'static str, card: Simulated, format: Format) -> Job {
        let drives = [2, 3].map(|device| {
            let drive = Simulated::new(device);
            drive.put("Somebody's/file", b"none of our business", 1_600_000_000);
            drive
        });
        Job::new(name, card, drives, format, false)
    }

    /// A job on the drives as this one leaves them, with the card as it is then.
    fn going_on(self, name: &'static str, card: Simulated) -> Job {
        self.run(&self.card, &self.drives, false, 0).unwrap();
        Job::new(name, card, self.drives, self.format, true)
    }

    fn new(
        name: &'static str,
        card: Simulated,
        drives: [Simulated; 2],
        format: Format,
        resume: bool,
    ) -> Job {
        let within = format!("/{}/{}", asc::FOLDER, asc::CHAIN_FILE);
        let mut job = Job {
            has_histories_within: card.contents().keys().any(|path| path.ends_with(&within)),
            is_plain: ["classic", "asc"].contains(&name),
            name,
            card,
            drives,
            format,
            resume,
            ends: Vec::new(),
            count: Count::default(),
            last_name: 0,
            reads: BTreeMap::new(),
            card_count: Count::default(),
            card_reads: BTreeMap::new(),
        };
        for run in 0..=RUNS {
            let card = job.card.fork(0, &[]);
            let drives = job.drives.each_ref().map(|drive| drive.fork(0, &[]));
            drives[0].trace();
            let report = job.run(&card, &drives, resume, run).unwrap();
            assert_eq!(report.status, Status::Verified, "{name}: {:?}", report.findings);
            assert!(report.copies.iter().all(|copy| copy.grade == Some(Grade::PastTheCache)));
            let [end, other] = drives.each_ref().map(Simulated::contents);
            assert!(bytes_of(&end).eq(bytes_of(&other)));
            job.ends.push(end);
            let contents = card.contents();
            let is_clip = |path: &str| {
                contents.contains_key(path)
                    && !path.ends_with(".mhl")
                    && !path.contains(asc::FOLDER)
            };
            let is_named = |call: &Call| call.name == "rename to" && is_clip(&call.path);
            job.last_name = drives[0].traced().iter().rfind(|c| is_named(c)).unwrap().number;
            (job.count, job.reads) = (drives[0].count(), drives[0].reads());
            (job.card_count, job.card_reads) = (card.count(), card.reads());
        }
        job
    }

    /// The roll's folder as this job leaves it.
    fn copied(self) -> Contents {
        let roll = format!("{ROLL}/");
        let end = self.ends.first().unwrap().iter();
        end.filter_map(|(p, thing)| Some((p.strip_prefix(&roll)?.to_owned(), thing.clone())))
            .collect()
    }

    /// Does it once, as the run of this number. `None` where the card is refused.
    pub(super) fn run(
        &self,
        card: &Simulated,
        drives: &[Simulated],
        resume: bool,
        run: u64,
    ) -> Option<Report> {
        let options = OffloadOptions {
            name: Some(ROLL.to_owned()),
            resume: resume || self.resume,
            format: self.format,
            ..OffloadOptions::default()
        };
        let agent = agent();
        let time = Timestamp::from_unix(1_800_000_000 + 3600 * i64::try_from(run).unwrap(), 0);
        let time = time.unwrap();
        let context = Context { clock: &time, ..Context::new(&agent) };
        let site = |disk: &Simulated| {
            let disk = disk.clone();
            Site::opening(disk.root().to_owned(), || Ok(Box::new(disk)))
        };
        match offload_sites(site(card), drives.iter().map(site).collect(), &options, &context) {
            Err(OffloadError::SourceCarriesList { .. }) => None,
            result => Some(result.unwrap()),
        }
    }
}

type File = (&'static str, &'static [u8]);

/// Of several blocks, of one, and of none; and a folder that holds nothing.
const CLIPS: [File; 3] = [
    ("Clips/A001C001.mxf", &[0x5c; 300]),
    ("Clips/A001C002 Ä & \"q\".mxf", &[0x3b; 40]),
    ("empty.ale", b""),
];
const SOUND: File = ("Sound/A001C003.wav", &[0x77; 130]);

fn card(device: u64, files: &[File]) -> Simulated {
    let card = Simulated::new(device);
    for (at, (path, bytes)) in (0..).zip(files) {
        card.put(path, bytes, 1_700_000_000 + at);
    }
    if files.len() > 1 {
        card.put_folder("Clips/Empty folder");
    }
    card
}

pub(super) fn bytes_of(contents: &Contents) -> impl Iterator<Item = (&String, &Option<Vec<u8>>)> {
    contents.iter().map(|(path, thing)| (path, &thing.bytes))
}
