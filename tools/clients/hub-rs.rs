// SPDX-License-Identifier: Apache-2.0
// hf-hub in Rust, as a small program that tests/e2e drives:
//     hub-rs whoami | create ID | upload ID FOLDER [--pr] | snapshot ID REVISION | fetch ID REVISION PATH | look ID REVISION
// What it prints is one line per fact; an error goes to standard error by its variant's name.
use hf_hub::repository::RepoTypeModel;
use hf_hub::{HFClientSync, HFError, HFResult, split_id};

fn run(words: &[&str]) -> HFResult<Vec<String>> {
    let client = HFClientSync::new()?;
    let model = |id: &str| {
        let (owner, name) = split_id(id);
        client.model(owner, name)
    };
    Ok(match words {
        ["whoami"] => vec![client.whoami().send()?.username],
        ["create", id] => vec![client.create_repository().repo_id(*id).repo_type(RepoTypeModel).exist_ok(true).send()?.url],
        ["upload", id, folder, rest @ ..] => {
            let commit = model(id)
                .upload_folder()
                .folder_path(std::path::PathBuf::from(folder))
                .commit_message("From Rust")
                .create_pr(rest.contains(&"--pr"))
                .send()?;
            vec![commit.commit_oid.unwrap_or_default(), commit.pr_url.unwrap_or_default()]
        }
        ["snapshot", id, revision] => {
            vec![model(id).snapshot_download().revision(*revision).send()?.display().to_string()]
        }
        ["fetch", id, revision, path] => {
            vec![model(id).download_file().revision(*revision).filename(*path).send()?.display().to_string()]
        }
        ["look", id, revision] => {
            let info = model(id).info().revision(*revision).send()?;
            let mut facts = vec![info.id, info.sha.unwrap_or_default()];
            for commit in model(id).list_commits().revision(*revision).send()? {
                facts.push(commit.title);
            }
            facts
        }
        _ => panic!("unknown words: {words:?}"),
    })
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(facts) => facts.iter().for_each(|fact| println!("{fact}")),
        Err(error) => {
            eprintln!("{}: {error}", variant(&error));
            std::process::exit(1);
        }
    }
}

fn variant(error: &HFError) -> String {
    let shown = format!("{error:?}");
    shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
