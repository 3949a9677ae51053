# has: another kernel, made by another tool.

# %% notebook {"metadata": {"kernelspec": {"name": "conda-env-dl-py", "display_name": "Python [conda env:dl]", "language": "python"}, "language_info": {"name": "R", "version": "2.7.18"}, "colab": {"provenance": []}, "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}}}}
# %% edit @3 {"metadata": {"vscode": {"languageId": "python"}, "id": "aB3_x"}}
# %% edit step {"metadata": {"collapsed": true, "scrolled": "auto", "slideshow": {"slide_type": "slide"}}}
