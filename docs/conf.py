"""How `make docs` builds the site: Sphinx reads the Markdown of this folder and of the repository's top."""

project = "Amparo"
author = "the makers of Amparo"
extensions = ["myst_parser"]
root_doc = "docs/index"
source_suffix = {".md": "markdown"}
include_patterns = ["docs/**.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
exclude_patterns = [".*", "node_modules", "app", "tests", "benchmarks", "migrations", "**/secrets"]
nitpicky = True

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Amparo"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    # The product's own colour, legible on both grounds.
    "light_css_variables": {"color-brand-primary": "#0b5f6b", "color-brand-content": "#0b5f6b"},
    "dark_css_variables": {"color-brand-primary": "#7fd1dc", "color-brand-content": "#7fd1dc"},
    "footer_icons": [],
}
pygments_style = "friendly"
pygments_dark_style = "monokai"
