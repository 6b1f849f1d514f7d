"""Small helpers of the workflow tests."""


def rules_of(jobs) -> set[str]:
    return {job.rule for job in jobs}
