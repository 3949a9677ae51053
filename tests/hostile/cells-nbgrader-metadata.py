# tries: nbgrader's metadata with a thousand points a test, tests that are solutions, and ids that are swapped.

# %% edit log_bernoulli--lecture {"metadata": {"nbgrader": {"solution": true, "grade": true, "locked": false}}}
# %% edit log_bernoulli--fresh {"metadata": {"nbgrader": {"grade": false, "task": true, "checksum": "0"}}}
# %% edit log_bernoulli {"metadata": {"nbgrader": {"grade": true, "points": 100, "schema_version": 99}}}
# %% edit nade_logits {"metadata": {"nbgrader": [1, 2, 3]}}
# %% edit untied_logit {"metadata": {"nbgrader": {"grade_id": {"$ne": 1}}}}
# %% edit fvsbn_logits {"metadata": {"nbgrader": {"grade_id": "../../fvsbn_logits", "locked": true, "points": -5}}}
# %% edit fvsbn_sample {"metadata": {"nbgrader": {"grade_id": ""}}, "id": ""}
# %% answer step
def step(a, x_i, w_i):
    return a
# %% edit step--hand {"metadata": {"nbgrader": {"grade_id": "step", "points": 1000, "max_score": 1000, "score": 1000}}, "id": "x"}
print("a test that is an answer")
# %% edit step {"metadata": {"nbgrader": {"grade_id": "step--hand", "grade": true, "solution": false}}, "id": "step--hand"}
