//! The machine that the program runs on, as far as the report of a fault needs it: nothing that names a person or the machine itself.

use std::path::{Path, PathBuf};

/// Folders below a folder of fonts that are looked into.
const FONT_DEPTH: usize = 4;

/// Facts of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Name and version of its system.
    pub system: String,
    /// Processors that the program may use.
    pub processors: usize,
    /// Bytes of memory; 0 where the system does not tell.
    pub memory: u64,
}

impl Machine {
    /// Facts of this machine.
    #[must_use]
    pub fn this() -> Self {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        Self {
            system: sysinfo::System::long_os_version().unwrap_or_else(|| std::env::consts::OS.to_owned()),
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory: system.total_memory(),
        }
    }
}

/// Bytes left on the disk that a folder is on, or will be on once it is made; none where the system does not tell.
#[must_use]
pub fn free_space(folder: &Path) -> Option<u64> {
    let folder = std::path::absolute(folder).ok()?;
    let there = folder.ancestors().find(|above| above.exists())?;
    // Links are followed, but for Windows, where a path that was followed is written in another way than disks are.
    let there = if cfg!(windows) { there.to_owned() } else { there.canonicalize().ok()? };
    let disks = sysinfo::Disks::new_with_refreshed_list();
    let of_folder = disks.list().iter().filter(|disk| there.starts_with(disk.mount_point()));
    of_folder.max_by_key(|disk| disk.mount_point().components().count()).map(sysinfo::Disk::available_space)
}

/// True where a file of one of these names (without regard to case) lies in a folder of fonts of the system or of whoever
/// uses it.
#[must_use]
pub fn has_font_file(names: &[&str]) -> bool {
    font_folders().iter().any(|folder| has_file(folder, names, FONT_DEPTH))
}

fn has_file(folder: &Path, names: &[&str], depth: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_named = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        entry.file_name().to_str().is_some_and(is_named) || is_folder && depth > 0 && has_file(&entry.path(), names, depth - 1)
    })
}

fn font_folders() -> Vec<PathBuf> {
    let of = |variable: &str, below: &str| std::env::var_os(variable).map(|folder| Path::new(&folder).join(below));
    let own = [
        of("WINDIR", "Fonts"),
        of("LOCALAPPDATA", "Microsoft/Windows/Fonts"),
        of("HOME", ".local/share/fonts"),
        of("HOME", ".fonts"),
        of("HOME", "Library/Fonts"),
    ];
    let of_system = ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"];
    own.into_iter().flatten().chain(of_system.map(PathBuf::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above() {
        let folder = std::env::temp_dir();
        assert_eq!(free_space(&folder.join("not/there")).is_some(), free_space(&folder).is_some());
    }
}
