def test_x(office, integrator):
    integrator.whole_case("A-1")
    print(office.work())
    r = integrator.get("A-1"); print(r.json)
    print(integrator.get("A-1","inventory").json)
    print(office.findings())
    integrator.file("A-1","late",b"x")
    office.work()
    print(integrator.get("A-1").json)
    print(office.findings())
    assert 0
