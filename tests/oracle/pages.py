"""Pages as browsers and readers of screens see them: no finding of axe-core, nothing wider than a phone.

Arguments: the browser, the file of axe-core, a folder for copies, pages. axe runs in a copy of each page, opened by itself, since some of its
rules look at whole pages only; the page is also put into frames of 360 and 1280 pixels, where it must not be wider than they are.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

WIDTHS = [360, 1280]

SCRIPT = """
<script>%s</script>
<script>
async function measured(width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "border:0;height:800px;width:" + width + "px";
  const loaded = new Promise((done) => { frame.onload = done; });
  frame.srcdoc = page;
  document.body.append(frame);
  await loaded;
  const own = frame.contentDocument.documentElement.scrollWidth;
  frame.remove();
  return own;
}
const page = %s;
(async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const findings = found.violations.map((one) => [one.id, one.help, one.nodes.length, one.nodes[0].html.slice(0, 200)]);
  const checked = found.passes.length;
  const widths = [];
  for (const width of %s) widths.push([width, await measured(width)]);
  const out = document.createElement("pre");
  out.id = "oracle";
  out.textContent = "[[" + encodeURIComponent(JSON.stringify({ findings, checked, widths })) + "]]";
  document.body.replaceChildren(out);
})();
</script>
"""


def looked_at(browser, axe, folder, number, page):
    """What axe finds on a page, how many of its rules passed, and how wide the page is."""
    from urllib.parse import unquote

    text = page.read_text(encoding="utf-8")
    quoted = json.dumps(text).replace("</", "<\\/")
    copy = folder / f"page-{number}.html"
    copy.write_text(text.replace("</body>", SCRIPT % (axe, quoted, WIDTHS) + "</body>"), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder / f'profile-{number}'}"]
    command += ["--window-size=1280,900", "--virtual-time-budget=60000", "--dump-dom", copy.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
    assert "[[" in dom, f"{page}: the browser gave no answer"
    return json.loads(unquote(dom.split('id="oracle">[[')[1].split("]]")[0]))


def main():
    browser, axe, folder, *pages = sys.argv[1:]
    axe, folder, pages = Path(axe).read_text(encoding="utf-8"), Path(folder), [Path(page) for page in pages]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda item: looked_at(browser, axe, folder, *item), enumerate(pages)))
    wrong = []
    for page, answer in zip(pages, answers):
        # A page on which next to no rule applied was not looked at.
        assert answer["checked"] >= 10, f"{page}: {answer}"
        wrong += [f"{page}: {finding}" for finding in answer["findings"]]
        wrong += [f"{page}: {own} px wide where there are {width}" for width, own in answer["widths"] if own > width]
    assert not wrong, "\n" + "\n".join(wrong)
    print(f"{len(pages)} pages")


main()
