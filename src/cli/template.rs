//! `tkgd template`: blank official workbooks for schools, hard to fill in wrongly.

use std::path::PathBuf;

use super::options::PipelineArgs;
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::base::message::message;
use crate::indicators::FormGap;
use crate::jobs::{TemplateRequest, write_templates};

#[derive(Debug, clap::Args)]
pub struct TemplateArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Folder for the blank workbooks.
    #[arg(long)]
    out: PathBuf,
    /// Code or kind of units; may be repeated. Otherwise all units that file a form.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// One zip for each commune.
    #[arg(long = "zip")]
    zipped: bool,
}

pub fn run(args: &TemplateArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let request = TemplateRequest { units: args.units.clone(), zipped: args.zipped };
    let written = write_templates(&session, &pipeline, &request, &args.out)?;
    let (out, files, past) = (args.out.display(), written.published.files.len(), written.with_past);
    print(&message!("screen.files_forms_figures_year", out, files, past).said(context.lang));
    print(&context.kept_text(&written.published.kept));
    for FormGap { form, why } in &written.gaps {
        print(&message!("screen.without_figures_year_ago", form, why).said(context.lang));
    }
    Ok(Exit::Fine)
}
