"""Settings of the kernels that run the pages' cells: figures are drawn as SVG, at the size that
the script says."""

c = get_config()  # noqa: F821  IPython provides it
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "metadata": {"Date": None}}
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = 40
